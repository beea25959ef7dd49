#include "bus-postgres/bus.h"

#include <algorithm>
#include <charconv>

#include "bus-postgres/competing.h"
#include "bus-postgres/dead.h"
#include "bus-postgres/ordered.h"
#include "bus-postgres/publish.h"
#include "eb.hpp"

namespace everbit::bus_postgres {
namespace {

constexpr Statement kGroups{110,
                            "SELECT stream, grp, ordered, group_base, lanes FROM outbox_group"};

}  // namespace

Bus::Config Bus::read_config(const eb_field* config, std::uint32_t n) {
  Config result;
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::string_view key = view(config[i].key);
    const std::string_view value = view(config[i].value);
    if (key == "database_url") {
      result.url = value;
    } else if (key == "instance") {
      result.instance = value;
    } else if (key == "connections") {
      const auto [end, error] =
          std::from_chars(value.data(), value.data() + value.size(), result.connections);
      if (error != std::errc() || end != value.data() + value.size() || result.connections < 1 ||
          result.connections > 64) {
        throw eb::Failure(EB_ERR_ARGUMENT, "connections: a number from 1 to 64");
      }
    } else {
      throw eb::Failure(EB_ERR_UNKNOWN_KEY, "unknown setting " + std::string(key));
    }
  }
  if (result.url.empty()) throw eb::Failure(EB_ERR_ARGUMENT, "database_url is missing");
  return result;
}

Bus::Bus(const eb_host& host, const eb_field* config, std::uint32_t n) : host_(host) {
  const Config settings = read_config(config, n);
  shared_ = std::make_unique<Shared>(host, settings.url, settings.instance, settings.connections);
  if (shared_->signal.start() != EB_OK) {
    throw eb::Failure(EB_ERR_IO, "cannot reach the database: " + shared_->signal.error());
  }
  load_groups();
  maintenance_ = std::make_unique<Maintenance>(settings.url, *shared_);
}

void Bus::load_groups() {
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_->relaxed.take(&status);
  Rows rows;
  if (connection) status = connection->query(kGroups, {}, &rows);
  if (status != EB_OK) {
    throw eb::Failure(status, "cannot read outbox_group: " +
                                  (connection ? connection->error() : "no connection"));
  }
  for (int row = 0; row < rows.size(); ++row) {
    groups_.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)),
                       rows.text(row, 2) == "t", static_cast<std::int32_t>(rows.integer(row, 3)),
                       static_cast<std::int32_t>(rows.integer(row, 4))});
  }
}

eb_status Bus::fail(eb_status status, std::string_view text) const {
  host_.set_error(host_.ctx_host, status, borrow(text));
  return status;
}

eb_status Bus::publish(const eb_tx& tx, const Strided<const eb_bus_event>& events) {
  TxExecutor executor(tx);
  const eb_status status = bus_postgres::publish(executor, events);
  if (status == EB_ERR_ARGUMENT) return fail(status, "an event lacks a field or one is too long");
  if (status == EB_ERR_NOT_FOUND) return fail(status, "no group reads the stream of an event");
  return status;
}

void Bus::committed(const eb_str* streams, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::string_view stream = view(streams[i]);
    shared_->signal.wake(stream);
    if (!covered_here(stream)) shared_->signal.announce(stream);
  }
}

bool Bus::covered_here(std::string_view stream) {
  const std::lock_guard lock(mutex_);
  return std::all_of(groups_.begin(), groups_.end(), [&](const Group& group) {
    if (group.stream != stream) return true;
    return std::any_of(subscriptions_.begin(), subscriptions_.end(), [&](const auto& weak) {
      const auto subscription = weak.lock();
      return subscription != nullptr && !subscription->closed() &&
             subscription->group().first_lane == group.first_lane && subscription->covers_group();
    });
  });
}

std::shared_ptr<Subscription> Bus::subscribe(const eb_sub_opts& options) {
  const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& candidate) {
    return candidate.stream == view(options.stream) && candidate.name == view(options.group);
  });
  if (group == groups_.end()) throw eb::Failure(EB_ERR_NOT_FOUND, "no such group of that stream");
  if (group->ordered != (options.ordered != 0)) {
    throw eb::Failure(EB_ERR_ARGUMENT, "outbox_group says otherwise whether the group is ordered");
  }
  SubscriptionOptions own;
  own.group = *group;
  if (options.prefetch > 0) own.prefetch = static_cast<std::uint32_t>(options.prefetch);
  if (options.lease_ms > 0) own.lease = std::chrono::milliseconds(options.lease_ms);
  if (options.backoff_base_ms > 0)
    own.backoff_base = std::chrono::milliseconds(options.backoff_base_ms);
  if (options.backoff_cap_ms > 0)
    own.backoff_cap = std::chrono::milliseconds(options.backoff_cap_ms);
  std::shared_ptr<Subscription> subscription;
  if (group->ordered) {
    subscription = std::make_shared<OrderedSubscription>(*shared_, own);
  } else {
    subscription = std::make_shared<CompetingSubscription>(*shared_, own);
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(subscriptions_, [](const auto& weak) { return weak.expired(); });
  subscriptions_.push_back(subscription);
  return subscription;
}

eb_status Bus::dead_requeue(std::string_view group, const std::uint8_t (*event_ids)[16],
                            std::uint32_t n) {
  eb_status status = EB_OK;
  const Pool::Lease connection = shared_->relaxed.take(&status);
  if (!connection) return fail(status, "no connection to the database");
  std::vector<std::string> streams;
  status = requeue_dead(*connection, group, event_ids, n, &streams);
  if (status == EB_ERR_UNSUPPORTED) return fail(status, "a trade command is never tried again");
  if (status == EB_ERR_NOT_FOUND) return fail(status, "one of the events is not dead");
  if (status != EB_OK) return fail(status, connection->error());
  for (const std::string& stream : streams) {
    const eb_str name = borrow(stream);
    committed(&name, 1);
  }
  return EB_OK;
}

void Bus::close() {
  std::vector<std::weak_ptr<Subscription>> open;
  {
    const std::lock_guard lock(mutex_);
    open.swap(subscriptions_);
  }
  for (const auto& weak : open) {
    if (const auto subscription = weak.lock()) subscription->close();
  }
}

}  // namespace everbit::bus_postgres
