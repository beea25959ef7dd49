#include "trading/outbox.h"

#include <array>

#include "events/envelope.h"
#include "store/bus_transaction.h"

namespace everbit::trading {
namespace {

std::optional<std::string> non_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

Result<void> Outbox::add(store::Transaction& tx, const TradeEvent& event) {
  const Timestamp now = clock_.now();
  events::Envelope envelope;
  envelope.event_id = Uuid::make_v7(now);
  envelope.type = event.type;
  envelope.occurred_at = now;
  if (auto trace = TraceId::parse(event.trace_id)) envelope.trace_id = *trace;
  envelope.owner_id = owner_;
  envelope.strategy_key = non_empty(event.strategy_key);
  envelope.market = non_empty(event.market);
  envelope.payload = event.payload;

  events::Event out;
  out.id = envelope.event_id;
  out.stream = event.stream;
  out.type = event.type;
  out.aggregate_type = event.aggregate_type;
  out.aggregate_id = event.aggregate_id;
  out.key = event.market.empty() ? owner_.to_string() : event.market;
  out.payload = envelope.to_json();
  out.not_before = event.not_before;

  store::BusTransaction lent(tx);
  auto published = bus_.publish(*lent.get(), std::span(&out, 1));
  if (!published) return lent.error().value_or(published.error());
  return {};
}

void Outbox::committed() {
  static const std::array<std::string, 5> kStreams{
      std::string(kTradeCommands), std::string(kTradeEvents), std::string(kSystemEvents),
      "everbit.backtest.command", "everbit.backtest.event"};
  bus_.committed(kStreams);
}

}  // namespace everbit::trading
