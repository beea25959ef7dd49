#include "conformance/bus/fixture.h"

#include "base/clock.h"
#include "events/envelope.h"

namespace everbit::conformance {

Event make_event(const std::string& stream, const std::string& key, const std::string& note) {
  const Timestamp now = SystemClock().now();
  Event event;
  event.id = Uuid::make_v7(now);
  event.stream = stream;
  event.type = "Tested";
  event.aggregate_type = "test";
  event.key = key;
  events::Envelope envelope;
  envelope.event_id = event.id;
  envelope.type = note;
  envelope.occurred_at = now;
  event.payload = envelope.to_json();
  return event;
}

std::string note_of(const Delivery& delivery) {
  const std::string mark = "\"type\":\"";
  const std::size_t at = delivery.event.payload.find(mark) + mark.size();
  return delivery.event.payload.substr(at, delivery.event.payload.find('"', at) - at);
}

BusTest::BusTest() : pool_(database_.make_pool(8)), bus_(open_bus("first")) {}

std::unique_ptr<OpenBus> BusTest::open_bus(const std::string& instance) {
  return std::make_unique<OpenBus>(plugin_path(bus_under_test().plugin), database_.dsn(), instance,
                                   bus_under_test().config);
}

events::Subscription BusTest::subscribe(OpenBus& bus, const std::string& stream,
                                        std::chrono::milliseconds lease, int prefetch,
                                        const std::string& group) {
  events::SubscribeOptions options;
  options.stream = stream;
  options.group = group;
  options.ordered = stream == kOrdered || stream == kCommand;
  options.prefetch = prefetch;
  options.lease = lease;
  options.backoff_base = 50ms;
  options.backoff_cap = 200ms;
  auto subscription = bus->subscribe(options);
  if (!subscription) throw std::runtime_error(to_string(subscription.error()));
  return std::move(*subscription);
}

Result<void> BusTest::publish(const std::vector<Event>& events) {
  auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
  if (!tx) return tx.error();
  store::BusTransaction lent(*tx);
  auto published = (*bus_)->publish(*lent.get(), events);
  if (!published) return published;
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  std::vector<std::string> streams;
  for (const Event& event : events) streams.push_back(event.stream);
  (*bus_)->committed(streams);
  return {};
}

std::vector<Delivery> BusTest::take(events::Subscription& from, std::size_t n,
                                    std::chrono::milliseconds within) {
  std::vector<Delivery> got;
  const Deadline deadline = Deadline::after(within);
  while (got.size() < n && !deadline.expired()) {
    (void)from.fetch(static_cast<std::uint32_t>(n - got.size()),
                     std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()),
                     [&](Delivery&& item) { got.push_back(std::move(item)); });
  }
  return got;
}

SettleResult BusTest::settle(events::Subscription& from, const Delivery& delivery, Outcome outcome,
                             std::optional<Timestamp> retry_at) {
  Settlement settlement{&delivery, outcome, retry_at, "CODE", "message"};
  (void)from.settle(nullptr, std::span(&settlement, 1));
  return settlement.result;
}

}  // namespace everbit::conformance
