#include "plugin.hpp"
#include "everbit/ext/event_bus.h"
#include "everbit/manifest.h"

#include "bus-postgres/bus.h"
#include "bus-postgres/dead.h"
#include "bus-postgres/handles.h"
#include "bus-postgres/stats.h"

namespace everbit::bus_postgres {
namespace {

class Plugin {
 public:
  Plugin(const eb::Host& host, const eb_create_args&) : host_(host) {}
  static const void* extension(std::string_view id);
  const eb_host& host() const { return *host_.raw(); }

 private:
  eb::Host host_;
};

struct OpenSubscription {
  std::shared_ptr<Bus> bus;
  std::shared_ptr<Subscription> subscription;
};

// Never destroyed: the library stays mapped, and a late call must find an empty table.
Handles<Bus>& buses() {
  static auto* handles = new Handles<Bus>;
  return *handles;
}
Handles<OpenSubscription>& subscriptions() {
  static auto* handles = new Handles<OpenSubscription>;
  return *handles;
}

template <class Body>
eb_status with_bus(std::uint64_t handle, Body&& body) noexcept {
  const std::shared_ptr<Bus> bus = buses().find(handle);
  if (bus == nullptr) return EB_ERR_CLOSED;
  return eb::guard(&bus->shared().host, [&] { return body(*bus); });
}

template <class Body>
eb_status with_subscription(std::uint64_t handle, Body&& body) noexcept {
  const std::shared_ptr<OpenSubscription> open = subscriptions().find(handle);
  if (open == nullptr) return EB_ERR_CLOSED;
  return eb::guard(&open->bus->shared().host, [&] { return body(*open->subscription); });
}

// Runs the body on a connection of the bus and leaves its failure's text with the host.
template <class Body>
eb_status on_connection(Bus& bus, Body&& body) {
  eb_status status = EB_OK;
  const Pool::Lease connection = bus.shared().relaxed.take(&status);
  if (!connection) return bus.fail(status, "no connection to the database");
  status = body(*connection);
  return status == EB_OK ? status : bus.fail(status, connection->error());
}

eb_status open(void* self, const eb_field* config, std::uint32_t n, std::uint64_t* bus) noexcept {
  if (self == nullptr || bus == nullptr || (config == nullptr && n > 0)) return EB_ERR_ARGUMENT;
  const eb_host& host = eb::Instance<Plugin>::of(self).plugin.host();
  return eb::guard(&host, [&] { *bus = buses().add(std::make_shared<Bus>(host, config, n)); });
}

eb_status publish(std::uint64_t bus, const eb_tx* tx, const eb_bus_event* events,
                  std::uint32_t n) noexcept {
  if (tx == nullptr || (events == nullptr && n > 0)) return EB_ERR_ARGUMENT;
  return with_bus(bus, [&](Bus& open_bus) { return open_bus.publish(*tx, {events, n}); });
}

void committed(std::uint64_t bus, const eb_str* streams, std::uint32_t n) noexcept {
  with_bus(bus, [&](Bus& open_bus) { open_bus.committed(streams, n); });
}

eb_status subscribe(std::uint64_t bus, const eb_sub_opts* options,
                    std::uint64_t* subscription) noexcept {
  if (options == nullptr || subscription == nullptr) return EB_ERR_ARGUMENT;
  const std::shared_ptr<Bus> open_bus = buses().find(bus);
  if (open_bus == nullptr) return EB_ERR_CLOSED;
  return eb::guard(&open_bus->shared().host, [&] {
    auto item = std::make_shared<OpenSubscription>();
    item->bus = open_bus;
    item->subscription = open_bus->subscribe(*options);
    *subscription = subscriptions().add(std::move(item));
  });
}

eb_status fetch(std::uint64_t subscription, std::uint32_t max, std::int32_t wait_ms,
                const eb_delivery_sink* sink) noexcept {
  if (sink == nullptr || max == 0 || wait_ms < 0) return EB_ERR_ARGUMENT;
  return with_subscription(subscription, [&](Subscription& open) {
    return open.fetch(max, std::chrono::milliseconds(wait_ms), *sink);
  });
}

eb_status interrupt(std::uint64_t subscription) noexcept {
  return with_subscription(subscription, [](Subscription& open) { open.interrupt(); });
}

eb_status settle(std::uint64_t subscription, const eb_tx* tx, eb_settle* settles,
                 std::uint32_t n) noexcept {
  if (settles == nullptr && n > 0) return EB_ERR_ARGUMENT;
  return with_subscription(subscription, [&](Subscription& open) {
    return open.settle(tx, {settles, n});
  });
}

eb_status extend(std::uint64_t subscription, const eb_settle* held, std::uint32_t n,
                 std::int32_t ms) noexcept {
  if ((held == nullptr && n > 0) || ms <= 0) return EB_ERR_ARGUMENT;
  return with_subscription(subscription, [&](Subscription& open) {
    return open.extend({held, n}, std::chrono::milliseconds(ms));
  });
}

eb_status dead_list(std::uint64_t bus, eb_str stream, eb_str group, std::uint64_t after,
                    std::uint32_t max, const eb_delivery_sink* sink) noexcept {
  if (sink == nullptr) return EB_ERR_ARGUMENT;
  return with_bus(bus, [&](Bus& open_bus) {
    return on_connection(open_bus, [&](Connection& connection) {
      return list_dead(connection, view(stream), view(group), after, max, *sink);
    });
  });
}

eb_status dead_requeue(std::uint64_t bus, eb_str group, const std::uint8_t (*event_ids)[16],
                       std::uint32_t n) noexcept {
  if (event_ids == nullptr && n > 0) return EB_ERR_ARGUMENT;
  return with_bus(bus,
                  [&](Bus& open_bus) { return open_bus.dead_requeue(view(group), event_ids, n); });
}

eb_status lag(std::uint64_t bus, eb_str stream, eb_str group, std::uint64_t* n) noexcept {
  if (n == nullptr) return EB_ERR_ARGUMENT;
  return with_bus(bus, [&](Bus& open_bus) {
    return on_connection(open_bus, [&](Connection& connection) {
      return count_waiting(connection, view(stream), view(group), n);
    });
  });
}

eb_status stats(std::uint64_t bus, const eb_stat_sink* sink) noexcept {
  if (sink == nullptr) return EB_ERR_ARGUMENT;
  return with_bus(bus, [&](Bus& open_bus) { return report_stats(open_bus.shared(), *sink); });
}

void close_sub(std::uint64_t subscription) noexcept {
  const std::shared_ptr<OpenSubscription> open = subscriptions().remove(subscription);
  if (open == nullptr) return;
  eb::guard(&open->bus->shared().host, [&] { open->subscription->close(); });
}

void close(std::uint64_t bus) noexcept {
  const std::shared_ptr<Bus> open_bus = buses().remove(bus);
  if (open_bus == nullptr) return;
  eb::guard(&open_bus->shared().host, [&] { open_bus->close(); });
}

constexpr eb_event_bus_v1 kEventBus = {sizeof(eb_event_bus_v1),
                                       0,
                                       EB_BUS_TX_PUBLISH | EB_BUS_ORDERED | EB_BUS_DELAY |
                                           EB_BUS_DEAD_BROWSE | EB_BUS_MULTI_PROCESS |
                                           EB_BUS_TX_SETTLE,
                                       &open,
                                       &publish,
                                       &committed,
                                       &subscribe,
                                       &fetch,
                                       &interrupt,
                                       &settle,
                                       &extend,
                                       &dead_list,
                                       &dead_requeue,
                                       &lag,
                                       &stats,
                                       &close_sub,
                                       &close};

const void* Plugin::extension(std::string_view id) {
  return id == EB_EXT_EVENT_BUS ? &kEventBus : nullptr;
}

}  // namespace
}  // namespace everbit::bus_postgres

EB_MANIFEST(
    "generation=1\n"
    "kind=event_bus\n"
    "id=kr.everbit.bus-postgres\n"
    "version=2.0.0\n"
    "host_level=1\n"
    "database=6\n");

EB_PLUGIN(everbit::bus_postgres::Plugin)
