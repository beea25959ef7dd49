#include "faults/seeded/books.h"

#include <map>
#include <set>

#include "base/decimal.h"

namespace everbit::faults {
namespace {

struct Stored {
  std::string status;
  std::string intent;
  std::string uuid;
  bool was_sent = false;
};

Decimal exact(const upbit_sim::Decimal& value) { return Decimal::of(value.to_string()); }

bool is_ours(const upbit_sim::Order& order) {
  return order.identifier && order.identifier->starts_with("eb-");
}

std::map<std::string, Stored> attempts(RunDatabase& database) {
  std::map<std::string, Stored> all;
  for (const store::Row row :
       database.sql("SELECT identifier, status, order_intent_id::text, upbit_uuid::text, "
                    "(sent_at IS NOT NULL)::text FROM order_attempt")) {
    all[row.get<std::string>(0)] = {row.get<std::string>(1), row.get<std::string>(2),
                                    std::string(row.text(3)), row.text(4) == "true"};
  }
  return all;
}

void check_sending(RunDatabase& database, const ExchangeModel& exchange,
                   std::vector<std::string>& found) {
  const auto stored = attempts(database);
  std::set<std::string> sent;
  for (const auto& create : exchange.creates()) {
    if (!sent.insert(create.identifier).second) found.push_back(create.identifier + " sent twice");
    const auto attempt = stored.find(create.identifier);
    if (attempt == stored.end() || !attempt->second.was_sent) {
      found.push_back(create.identifier + " sent without SENT");
    }
  }
  std::map<std::string, int> of_intent;
  for (const auto& order : exchange.orders()) {
    if (!is_ours(*order)) continue;
    const auto attempt = stored.find(*order->identifier);
    if (attempt == stored.end()) continue;
    if (++of_intent[attempt->second.intent] > 1) {
      found.push_back("intent " + attempt->second.intent + " has two orders");
    }
  }
}

void check_history(RunDatabase& database, std::vector<std::string>& found) {
  const std::set<std::pair<std::string, std::string>> allowed{
      {"", "PREPARED"},       {"PREPARED", "SENT"},  {"PREPARED", "SUSPENDED"},
      {"SENT", "ACKED"},      {"SENT", "REJECTED"},  {"SENT", "THROTTLED"},
      {"SENT", "UNKNOWN"},    {"SENT", "SUSPENDED"}, {"UNKNOWN", "ACKED"},
      {"UNKNOWN", "REJECTED"}};
  std::map<std::string, std::pair<std::string, std::string>> last;
  for (const store::Row row : database.sql(
           "SELECT attempt_id::text, status, error_code FROM attempt_history ORDER BY id")) {
    auto& [status, code] = last[row.get<std::string>(0)];
    const std::string next = row.get<std::string>(1);
    const bool absence = code == "ABSENT" || code == "NOT_FOUND_CONFIRMED";
    if (!allowed.contains({status, next}) &&
        !(status == "REJECTED" && next == "ACKED" && absence)) {
      found.push_back("attempt " + row.get<std::string>(0) + ": " + status + " to " + next);
    }
    status = next;
    code = row.text(2);
  }
}

void check_orders(RunDatabase& database, const ExchangeModel& exchange,
                  std::vector<std::string>& found) {
  std::map<std::string, std::pair<Decimal, Decimal>> stored;  // executed and filled
  for (const store::Row row : database.sql(
           "SELECT o.upbit_uuid::text, o.executed_volume, coalesce(sum(f.volume), 0) "
           "FROM upbit_order o LEFT JOIN fill f ON f.upbit_order_id = o.id GROUP BY o.id")) {
    stored[row.get<std::string>(0)] = {row.get<Decimal>(1), row.get<Decimal>(2)};
  }
  Decimal ours;
  std::size_t fills = 0;
  for (const auto& order : exchange.orders()) {
    if (!is_ours(*order)) continue;
    const Decimal executed = exact(order->executed_volume);
    ours = order->side == upbit_sim::Side::kBid ? ours + executed : ours - executed;
    fills += order->fills.size();
    const auto row = stored.find(order->uuid);
    if (row == stored.end()) {
      found.push_back("order " + order->uuid + " is lost");
    } else if (row->second != std::pair(executed, executed)) {
      found.push_back("order " + order->uuid + " executed " + executed.to_string() + ", booked " +
                      row->second.second.to_string());
    }
  }
  const Decimal held = Decimal::of(database.value(
      "SELECT trim_scale(coalesce(sum(quantity + dust_quantity), 0)) FROM position"));
  if (held != ours) {
    found.push_back("the exchange gave us " + ours.to_string() + ", the position says " +
                    held.to_string());
  }
  if (database.value("SELECT count(*) FROM fill") != std::to_string(fills)) {
    found.push_back("fills: " + std::to_string(fills) + " at the exchange, stored " +
                    database.value("SELECT count(*) FROM fill"));
  }
}

// Each of these must be 0.
constexpr std::pair<const char*, const char*> kMustBeZero[] = {
    {"several open intents of one market",
     "SELECT count(*) FROM (SELECT FROM order_intent WHERE status = 'CREATED' GROUP BY market "
     "HAVING count(*) > 1) x"},
    {"ACKED without OrderAccepted, or the other way round",
     "SELECT abs((SELECT count(*) FROM order_attempt WHERE status = 'ACKED') - (SELECT count(*) "
     "FROM outbox_event WHERE event_type = 'OrderAccepted'))"},
    {"fills without OrderFilled, or the other way round",
     "SELECT abs((SELECT count(*) FROM fill) - (SELECT count(*) FROM outbox_event WHERE event_type "
     "= 'OrderFilled'))"},
    {"orders that nobody of ours can own in a market that goes on",
     "SELECT count(*) FROM upbit_order o JOIN market_state m USING (owner_id, market) WHERE origin "
     "<> 'OURS' AND trade_status = 'ACTIVE'"},
    {"orders whose fees do not sum up",
     "SELECT count(*) FROM upbit_order o WHERE closed_at IS NOT NULL AND origin = 'OURS' AND "
     "coalesce(paid_fee, 0) <> coalesce((SELECT sum(fee) FROM fill WHERE upbit_order_id = o.id), "
     "0)"},
    {"suspended without anybody being told",
     "SELECT count(*) FROM market_state WHERE trade_status = 'SUSPENDED' AND NOT EXISTS (SELECT "
     "FROM outbox_event WHERE event_type = 'MarketSuspended')"},
    {"suspended for a reason that nothing here can give",
     "SELECT count(*) FROM market_state WHERE trade_status = 'SUSPENDED' AND suspend_reason_code "
     "<> 'UNKNOWN_ORDER'"},
    {"dead commands", "SELECT count(*) FROM outbox_dead"},
    {"orders that are over at the exchange and were not seen to end",
     "SELECT count(*) FROM upbit_order WHERE closed_at IS NOT NULL AND state NOT IN ('done', "
     "'cancel')"},
    {"candles that the state went past without a decision",
     "SELECT (extract(epoch FROM as_of) - 1800000000)::bigint / 30 - (SELECT count(*) FROM "
     "decision) "
     "FROM strategy_state"},
    {"prepared attempts without their command",
     "SELECT count(*) FROM order_attempt a WHERE NOT EXISTS (SELECT FROM outbox_event e WHERE "
     "e.event_type = 'CreateOrderAttempt' AND e.payload_json -> 'payload' ->> 'attemptPublicId' = "
     "a.public_id::text)"},
};

}  // namespace

std::string end_of(RunDatabase& database) {
  return database.value(R"sql(
    SELECT concat_ws(' ',
      (SELECT string_agg(status || coalesce(':' || error_code, ''), ',' ORDER BY id) FROM attempt_history),
      (SELECT string_agg(intent_type || ':' || status, ',' ORDER BY id) FROM order_intent),
      (SELECT string_agg(volume || '@' || price, ',' ORDER BY price, volume) FROM fill),
      (SELECT string_agg(trade_status || coalesce(':' || suspend_reason_code, ''), ',')
       FROM market_state)))sql");
}

std::optional<std::string> unsettled(RunDatabase& database, const ExchangeModel& exchange) {
  const std::string waiting = database.value(R"sql(
    SELECT coalesce(
      (SELECT 'attempt ' || id || ' is ' || status FROM order_attempt
       WHERE status IN ('PREPARED', 'SENT') LIMIT 1),
      (SELECT 'attempt ' || a.id || ' is UNKNOWN, its market goes on' FROM order_attempt a
       JOIN market_state m USING (owner_id, market)
       WHERE status = 'UNKNOWN' AND trade_status = 'ACTIVE' LIMIT 1),
      (SELECT 'intent ' || i.id || ' is open' FROM order_intent i WHERE i.status = 'CREATED'
       AND NOT EXISTS (SELECT FROM order_attempt WHERE order_intent_id = i.id AND status = 'UNKNOWN')
       LIMIT 1),
      (SELECT 'order ' || upbit_uuid || ' is not closed' FROM upbit_order
       WHERE origin = 'OURS' AND closed_at IS NULL LIMIT 1),
      (SELECT 'a command is queued' FROM outbox_queue q JOIN outbox_event e USING (event_id)
       WHERE e.stream = 'everbit.trade.command' LIMIT 1),
      (SELECT 'a command is delayed' FROM outbox_delayed LIMIT 1), ''))sql");
  if (!waiting.empty()) return waiting;
  const int known = std::stoi(database.value("SELECT count(*) FROM upbit_order"));
  int ours = 0;
  for (const auto& order : exchange.orders()) ours += is_ours(*order) ? 1 : 0;
  if (known < ours) return "an order of the exchange is not known yet";
  return std::nullopt;
}

std::vector<std::string> violations(RunDatabase& database, const ExchangeModel& exchange) {
  std::vector<std::string> found;
  check_sending(database, exchange, found);
  check_history(database, found);
  check_orders(database, exchange, found);
  for (const auto& [what, query] : kMustBeZero) {
    if (database.value(query) != "0") found.emplace_back(what);
  }
  return found;
}

}  // namespace everbit::faults
