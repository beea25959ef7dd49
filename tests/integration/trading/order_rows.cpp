#include "integration/trading/order_rows.h"

#include "trading/intent/order_request.h"

namespace everbit::test {
namespace {

std::string quoted(const std::string& text) { return "'" + text + "'"; }

std::string or_null(const std::string& text) { return text.empty() ? "NULL" : text; }

}  // namespace

OrderRows::OrderRows()
    : pool_(database().make_pool(6)),
      bus_(std::make_unique<conformance::OpenBus>(conformance::plugin_path("bus-postgres.so"),
                                                  database().dsn(), instance().to_string())),
      outbox_(**bus_, clock_, Uuid::make_v7(clock_.now())) {}

OrderIds OrderRows::insert(trading::IntentType type, const std::string& krw,
                           const std::string& volume, const OrderIds* entry, int age_s,
                           const std::string& market) {
  const bool buy = type == trading::IntentType::kEntry;
  const std::string side = buy ? "'BUY'" : "'SELL'";
  const std::string owner_id = std::to_string(owner().value());
  // Each on a candle of its own.
  const std::string signal = value(
      "INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, "
      "candle_close_time, side, reason_code, signal_json, config_version, generation, sha256)"
      " VALUES (" +
      TradingRows::new_id() + ", " + owner_id + ", 'EXTREME_FLIP', 'REAL', " + quoted(market) +
      ", '15m', now() - interval '1 s' * " + std::to_string(age_s) + " - interval '1 ms' * " +
      std::to_string(++signals_) + ", " + side +
      ", 'FLIP', '{}', 1, 1, repeat('a', 64)) RETURNING id");
  OrderIds ids;
  ids.intent = trading::IntentId(std::stoll(value(
      "INSERT INTO order_intent (public_id, owner_id, mode, market, signal_id, intent_type, side, "
      "strategy_key, strategy_generation, requested_krw, requested_volume, entry_intent_id) VALUES "
      "(" +
      TradingRows::new_id() + ", " + owner_id + ", 'REAL', " + quoted(market) + ", " + signal +
      ", " + quoted(std::string(trading::to_string(type))) + ", " + side + ", 'EXTREME_FLIP', 1, " +
      or_null(krw) + ", " + or_null(volume) + ", " +
      (entry == nullptr ? "NULL" : std::to_string(entry->intent.value())) + ") RETURNING id")));
  ids.public_id = Uuid::make_v7(clock_.now());
  ids.identifier = trading::make_identifier(kTag, ids.public_id);
  const auto request =
      buy ? trading::entry_request(market, Decimal::of(krw), ids.identifier)
          : trading::exit_request(type, market, Decimal::of(volume), ids.identifier);
  ids.attempt = trading::AttemptId(std::stoll(value(
      "INSERT INTO order_attempt (public_id, owner_id, mode, market, order_intent_id, attempt_no, "
      "identifier, request_json) VALUES (" +
      quoted(ids.public_id.to_string()) + ", " + owner_id + ", 'REAL', " + quoted(market) + ", " +
      std::to_string(ids.intent.value()) + ", 1, " + quoted(ids.identifier) + ", " +
      quoted(trading::to_json(request)) + ") RETURNING id")));
  return ids;
}

OrderIds OrderRows::entry(const std::string& krw, int age_s, const std::string& market) {
  return insert(trading::IntentType::kEntry, krw, "", nullptr, age_s, market);
}

OrderIds OrderRows::exit(const OrderIds& entry, const std::string& volume,
                         trading::IntentType type) {
  return insert(type, "", volume, &entry, 1, "KRW-BTC");
}

void OrderRows::hold(const OrderIds& entry, const std::string& quantity) {
  sql("INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
      "entry_intent_id, opened_at) SELECT owner_id, market, mode, 'OPEN', " +
      quantity + ", 1000, strategy_key, id, now() FROM order_intent WHERE id = " +
      std::to_string(entry.intent.value()));
}

void OrderRows::age_attempts(int seconds) const {
  const std::string by = " - interval '1 s' * " + std::to_string(seconds);
  sql("ALTER TABLE order_attempt DISABLE TRIGGER USER;"
      "UPDATE order_attempt SET created_at = created_at" +
      by + ", sent_at = sent_at" + by + ", unknown_at = unknown_at" + by +
      ", last_lookup_at = last_lookup_at" + by + "; ALTER TABLE order_attempt ENABLE TRIGGER USER");
}

void OrderRows::mark_sent(const OrderIds& order) {
  sql("UPDATE order_attempt SET status = 'SENT', sent_token = 'test:" +
      std::to_string(order.attempt.value()) +
      "', sent_at = now() WHERE id = " + std::to_string(order.attempt.value()));
}

std::string OrderRows::attempt(const OrderIds& order) const {
  return value("SELECT concat_ws(' ', status, error_code) FROM order_attempt WHERE id = " +
               std::to_string(order.attempt.value()));
}

std::string OrderRows::intent(const OrderIds& order) const {
  return value("SELECT concat_ws(' ', status, reason_code) FROM order_intent WHERE id = " +
               std::to_string(order.intent.value()));
}

}  // namespace everbit::test
