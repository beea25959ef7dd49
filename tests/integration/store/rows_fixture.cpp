#include "rows_fixture.h"

namespace everbit::test {
namespace {

const std::string kSha(64, 'a');

std::string quoted(const std::string& text) { return "'" + text + "'"; }

}  // namespace

std::string TradingRows::new_id() {
  return "'" + Uuid::make_v7(SystemClock().now()).to_string() + "'";
}

TradingRows::TradingRows() {
  owner_ = store::OwnerId(std::stoll(
      database_.value("INSERT INTO app_user (public_id) VALUES (" + new_id() + ") RETURNING id")));
  const std::string owner = owner_text();
  database_.sql(
      "INSERT INTO kill_switch (owner_id, account_position, enabled_strategies) VALUES (" + owner +
      ", 'ON', '[\"EXTREME_FLIP\"]');"
      "INSERT INTO market_config (owner_id, market, enabled) VALUES (" +
      owner + ", 'KRW-BTC', true), (" + owner +
      ", 'KRW-ETH', true);"
      "INSERT INTO strategy_activation (owner_id, strategy_key, generation, sha256, "
      "config_version) "
      "VALUES (" +
      owner + ", 'EXTREME_FLIP', 1, " + quoted(kSha) +
      ", 1);"
      "INSERT INTO trader_instance (owner_id, instance, boot_id, since) VALUES (" +
      owner + ", " + quoted(instance_.to_string()) + ", gen_random_uuid(), now());");
}

std::int64_t TradingRows::signal(const std::string& market, const std::string& side,
                                 const std::string& mode) {
  const std::string close =
      "timestamptz '2026-01-01 00:00Z' + interval '15 min' * " + std::to_string(++candle_);
  return std::stoll(database_.value(
      "INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, "
      "candle_close_time, side, reason_code, signal_json, config_version, generation, sha256) "
      "VALUES "
      "(" +
      new_id() + ", " + owner_text() + ", 'EXTREME_FLIP', " + quoted(mode) + ", " + quoted(market) +
      ", '15m', " + close + ", " + quoted(side) + ", 'FLIP_CONFIRMED_BUY', '{}', 1, 1, " +
      quoted(kSha) + ") RETURNING id"));
}

std::string TradingRows::intent_sql(std::int64_t signal, const std::string& market,
                                    const std::string& type, const std::string& mode) const {
  const bool entry = type == "ENTRY";
  return "INSERT INTO order_intent (public_id, owner_id, mode, market, signal_id, intent_type, "
         "side, "
         "strategy_key, strategy_generation, requested_krw, requested_volume) VALUES (" +
         new_id() + ", " + owner_text() + ", " + quoted(mode) + ", " + quoted(market) + ", " +
         std::to_string(signal) + ", " + quoted(type) + ", " + (entry ? "'BUY'" : "'SELL'") +
         ", 'EXTREME_FLIP', 1, " + (entry ? "10000, NULL" : "NULL, 0.5") + ") RETURNING id";
}

std::int64_t TradingRows::intent(const std::string& market) {
  return std::stoll(database_.value(intent_sql(signal(market), market)));
}

std::string TradingRows::attempt_sql(std::int64_t intent, int number,
                                     const std::string& market) const {
  return "INSERT INTO order_attempt (public_id, owner_id, mode, market, order_intent_id, "
         "attempt_no, "
         "identifier, request_json) VALUES (" +
         new_id() + ", " + owner_text() + ", 'REAL', " + quoted(market) + ", " +
         std::to_string(intent) + ", " + std::to_string(number) +
         ", 'eb-abc123-' || gen_random_uuid(), " +
         "'{\"market\": \"KRW-BTC\", \"side\": \"bid\", \"price\": \"10000\"}') RETURNING id";
}

std::int64_t TradingRows::attempt(std::int64_t intent, int number) {
  return std::stoll(database_.value(attempt_sql(intent, number)));
}

std::string TradingRows::with(const std::string& status, const std::string& reason) {
  if (status == "SENT") return ", sent_token = 'i:' || gen_random_uuid(), sent_at = now()";
  if (status == "ACKED") return ", upbit_uuid = gen_random_uuid()";
  if (status == "THROTTLED") return ", next_retry_at = now()";
  if (status == "REJECTED") return ", error_code = '" + reason + "'";
  return "";
}

std::int64_t TradingRows::attempt_in(const std::string& status, const std::string& reason) {
  // Closed at once, so that the next one may open.
  const std::int64_t of = intent();
  database_.sql("UPDATE order_intent SET status = 'CANCELED' WHERE id = " + std::to_string(of));
  const std::int64_t id = attempt(of);
  const auto step = [&](const std::string& to) {
    database_.sql("UPDATE order_attempt SET status = '" + to + "'" + with(to, reason) +
                  " WHERE id = " + std::to_string(id));
  };
  if (status == "PREPARED") return id;
  if (status != "SUSPENDED") step("SENT");
  if (status != "SENT") step(status);
  return id;
}

}  // namespace everbit::test
