#include "notify/notification_consumer.h"

#include <array>
#include <string_view>

#include "base/log.h"
#include "notify/order_facts.h"

namespace everbit::notify {
namespace {

using events::Delivery;
using events::Verdict;

constexpr std::chrono::seconds kBudget{5};

struct Stream {
  std::string_view name;
  bool ordered;
};

constexpr std::array kStreams{Stream{"everbit.trade.event", true},
                              Stream{"everbit.system.event", false},
                              Stream{"everbit.backtest.event", false}};

struct Consumer {
  store::Pool& pool;
  store::OwnerId owner;
  Sender& sender;
};

Result<std::optional<OrderFacts>> order_of(const Consumer& consumer, const ToldEvent& event) {
  const std::string uuid = upbit_uuid_of(event);
  if (uuid.empty()) return std::optional<OrderFacts>();
  return read_order(consumer.pool, consumer.owner, uuid, Deadline::after(kBudget));
}

Verdict tell(const Consumer& consumer, const Delivery& delivery) {
  const auto event = parse_event(delivery.event.payload);
  if (!event) return Verdict::dead(event.error().code, event.error().message);
  const auto order = order_of(consumer, *event);
  if (!order) return Verdict::retry(order.error().code, order.error().message);
  auto sent = consumer.sender.send(*event, compose(*event, *order));
  if (!sent) return Verdict::retry(sent.error().code, sent.error().message);
  if (*sent) {
    Verdict later = Verdict::retry("CLAIMED", "another process tells of it");
    later.retry_at = **sent;
    return later;
  }
  log_info("event_delivered", {{"type", delivery.event.type},
                               {"market", delivery.event.key},
                               {"event_id", delivery.event.id.to_string()},
                               {"repeated", delivery.attempt > 1}});
  return Verdict::done();
}

}  // namespace

Result<std::unique_ptr<NotificationConsumer>> NotificationConsumer::start(events::Bus& bus,
                                                                          store::Pool& pool,
                                                                          store::OwnerId owner,
                                                                          Sender& sender) {
  std::unique_ptr<NotificationConsumer> consumer(new NotificationConsumer);
  for (const Stream& stream : kStreams) {
    events::DispatcherOptions options;
    options.subscribe.stream = stream.name;
    options.subscribe.group = "notification";
    options.subscribe.ordered = stream.ordered;
    options.workers = 1;
    options.handle = [consumer = Consumer{pool, owner, sender}](events::Handling& handling) {
      return tell(consumer, handling.delivery());
    };
    auto dispatcher = events::Dispatcher::start(bus, std::move(options));
    if (!dispatcher) return dispatcher.error();
    consumer->dispatchers_.push_back(std::move(*dispatcher));
  }
  return consumer;
}

void NotificationConsumer::stop(Deadline deadline) {
  for (const auto& dispatcher : dispatchers_) dispatcher->stop(deadline);
}

}  // namespace everbit::notify
