#include "notify/notification_consumer.h"

#include <array>
#include <string_view>

#include "base/log.h"

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

// Written before anything would be sent: a crash may repeat a push, never lose one.
constexpr store::Sql kNote{R"sql(
  INSERT INTO notification_log (owner_id, event_id, type, status, claimed_at)
  VALUES ($1, $2, $3, 'DONE', $4)
  ON CONFLICT (owner_id, event_id) DO NOTHING)sql"};

Verdict note(store::Pool& pool, store::OwnerId owner, const Clock& clock,
             const Delivery& delivery) {
  auto noted = pool.exec(Deadline::after(kBudget), kNote, owner, delivery.event.id,
                         delivery.event.type, clock.now());
  if (!noted) return Verdict::retry(noted.error().code, noted.error().message);
  log_info("event_delivered", {{"type", delivery.event.type},
                               {"market", delivery.event.key},
                               {"event_id", delivery.event.id.to_string()},
                               {"repeated", noted->affected() == 0}});
  return Verdict::done();
}

}  // namespace

Result<std::unique_ptr<NotificationConsumer>> NotificationConsumer::start(events::Bus& bus,
                                                                          store::Pool& pool,
                                                                          store::OwnerId owner,
                                                                          const Clock& clock) {
  std::unique_ptr<NotificationConsumer> consumer(new NotificationConsumer);
  for (const Stream& stream : kStreams) {
    events::DispatcherOptions options;
    options.subscribe.stream = stream.name;
    options.subscribe.group = "notification";
    options.subscribe.ordered = stream.ordered;
    options.workers = 1;
    options.handle = [&pool, owner, &clock](events::Handling& handling) {
      return note(pool, owner, clock, handling.delivery());
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
