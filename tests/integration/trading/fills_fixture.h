#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "integration/trading/order_rows.h"
#include "trading/portfolio/order_sync.h"

namespace everbit::trading {

inline std::string new_uuid() { return Uuid::make_v4().to_string(); }

// What the exchange says of orders, booked into a real database as the private feed and reconcile
// do it.
class Fills : public testing::Test {
 protected:
  Fills()
      : recorder_({rows_.outbox(), rows_.owner(), Mode::kReal, test::OrderRows::kTag}),
        fills_({rows_.outbox(), rows_.owner(), Mode::kReal, Decimal::of("5000")}),
        sync_({rows_.pool(), recorder_, fills_, rows_.outbox(), rows_.owner(), Mode::kReal}) {}

  // What the exchange calls the order of an attempt, in that state.
  plugins::Order order(const test::OrderIds& ids, plugins::OrderState state,
                       const std::string& executed = "0", const std::string& paid_fee = "") {
    plugins::Order one;
    one.uuid = uuids_.try_emplace(ids.identifier, new_uuid()).first->second;
    one.identifier = ids.identifier;
    one.market = "KRW-BTC";
    const bool buy = rows_.value("SELECT side FROM order_intent WHERE id = " +
                                 std::to_string(ids.intent.value())) == "BUY";
    one.side = buy ? Side::kBuy : Side::kSell;
    one.type = buy ? plugins::OrderType::kBest : plugins::OrderType::kMarket;
    one.time_in_force = buy ? plugins::TimeInForce::kFok : plugins::TimeInForce::kNone;
    one.state = state;
    one.executed_volume = Decimal::of(executed);
    if (!paid_fee.empty()) one.paid_fee = Decimal::of(paid_fee);
    one.created_at = SystemClock().now();
    return one;
  }

  plugins::Fill fill(const plugins::Order& of, const std::string& price, const std::string& volume,
                     const std::string& fee = "") {
    plugins::Fill one;
    one.order_uuid = of.uuid;
    one.trade_uuid = new_uuid();
    one.identifier = of.identifier;
    one.market = of.market;
    one.side = of.side;
    one.price = Decimal::of(price);
    one.volume = Decimal::of(volume);
    one.funds = mul(one.price, one.volume, Rounding::kDown);
    if (!fee.empty()) one.fee = Decimal::of(fee);
    one.trade_time = SystemClock().now();
    return one;
  }

  void apply(const plugins::Order& order, const std::vector<plugins::Fill>& fills = {},
             FillSource source = FillSource::kWebSocket) {
    const auto applied = sync_.apply(order, fills, source);
    ASSERT_TRUE(applied) << to_string(applied.error());
  }

  test::OrderIds sent_entry() {
    const auto ids = rows_.entry();
    rows_.mark_sent(ids);
    return ids;
  }
  test::OrderIds sent_exit(const test::OrderIds& entry, const std::string& volume) {
    const auto ids = rows_.exit(entry, volume);
    rows_.mark_sent(ids);
    return ids;
  }
  // An entry that bought `volume` at `price` for `fee`.
  test::OrderIds bought(const std::string& price, const std::string& volume,
                        const std::string& fee) {
    const auto ids = sent_entry();
    const plugins::Order done = order(ids, plugins::OrderState::kDone, volume, fee);
    apply(done, {fill(done, price, volume, fee)});
    return ids;
  }

  // "OPEN 0.5 100 0": status, quantity, average price, dust.
  std::string position() const {
    return rows_.value(
        "SELECT concat_ws(' ', status, trim_scale(quantity), trim_scale(avg_price), "
        "trim_scale(dust_quantity)) FROM position");
  }
  // "bought sold fees profit closed"
  std::string trade() const {
    return rows_.value(
        "SELECT concat_ws(' ', trim_scale(entry_quantity), trim_scale(exit_quantity), "
        "trim_scale(fees), coalesce(trim_scale(profit)::text, '-'), "
        "CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END) FROM trade ORDER BY id DESC "
        "LIMIT 1");
  }
  std::string market() const {
    return rows_.value(
        "SELECT concat_ws(' ', trade_status, suspend_reason_code) FROM market_state WHERE market = "
        "'KRW-BTC'");
  }

  test::OrderRows rows_;
  OrderRecorder recorder_;
  FillBook fills_;
  OrderSync sync_;
  std::map<std::string, std::string> uuids_;
};

}  // namespace everbit::trading
