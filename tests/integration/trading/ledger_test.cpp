#include <gtest/gtest.h>

#include <random>

#include "integration/trading/exact_ledger.h"
#include "integration/trading/reconcile_fixture.h"
#include "trading/portfolio/profit.h"

namespace everbit::trading {
namespace {

constexpr int kEntries = 12;

// Many entries and exits under a seed, while the private WebSocket loses, doubles and reorders its
// messages and breaks; then every number of ours against the simulator's own ledger, exactly.
class LedgerTest : public ReconcileFixture, public testing::WithParamInterface<unsigned> {
 protected:
  struct Traded {
    test::OrderIds entry;
    std::vector<std::string> identifiers;  // of the entry and its exits
  };

  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  bool chance(int percent) { return pick(1, 100) <= percent; }

  void make_unreliable() {
    const std::string seed = std::to_string(GetParam());
    sim_.post("/faults", R"({"on":"ws","type":"myOrder","action":"duplicate","probability":0.25,)"
                         R"("seed":)" +
                             seed + "}");
    sim_.post("/faults", R"({"on":"ws","type":"myOrder","action":"reorder","probability":0.25,)"
                         R"("seed":)" +
                             seed + "1}");
    sim_.post("/faults", R"({"on":"ws","type":"myOrder","action":"drop","probability":0.15,)"
                         R"("seed":)" +
                             seed + "2}");
  }

  // A few small levels, so that an order fills in parts; the last one takes the rest if `deep`.
  std::string side(int price, int step, bool deep) {
    std::string levels;
    const int count = pick(1, 4);
    for (int i = 0; i < count; ++i) {
      levels += (i == 0 ? "[\"" : ",[\"") + std::to_string(price + i * step) + "000\",\"0.00" +
                std::to_string(pick(10000, 99999)).substr(0, 5) + "\"]";
    }
    if (deep) levels += ",[\"" + std::to_string(price + count * step) + "000\",\"100\"]";
    return "[" + levels + "]";
  }
  void move_market(bool deep_bids) {
    const int price = pick(50'000, 150'000);
    book(side(price + 1, pick(1, 7), true), side(price, -pick(1, 7), deep_bids));
    best_bid_ = price;
  }

  // The executor's own answer, sometimes before and sometimes after the messages.
  void acknowledge(const test::OrderIds& ids, const std::string& uuid, Side side) {
    if (!chance(60)) return;
    plugins::Order order;
    order.uuid = uuid;
    order.identifier = ids.identifier;
    order.market = "KRW-BTC";
    order.side = side;
    order.type = side == Side::kBuy ? plugins::OrderType::kPrice : plugins::OrderType::kMarket;
    ASSERT_TRUE(sync_.apply(order, {}, FillSource::kWebSocket));
  }

  void follow(const test::OrderIds& ids) {
    if (chance(25)) sim_.post("/ws/reset", R"({"which":"private"})");
    int looks = 0;
    ASSERT_TRUE(eventually([&] {
      if (++looks % 20 == 0) reconcile();
      return rows_.intent(ids) != "CREATED";
    })) << "an order was never settled";
  }

  Traded enter() {
    move_market(true);
    Traded traded;
    const std::string krw = std::to_string(pick(8'000, 400'000));
    traded.entry = rows_.entry(krw);
    traded.identifiers.push_back(traded.entry.identifier);
    rows_.mark_sent(traded.entry);
    acknowledge(traded.entry, buy(traded.entry.identifier, krw), Side::kBuy);
    follow(traded.entry);
    return traded;
  }

  Decimal held(const std::string& column) const {
    return Decimal::of(rows_.value("SELECT coalesce(sum(" + column + "), 0) FROM position"));
  }

  // What the best price takes at once; the rest is cancelled.
  std::string sell_at_best(const std::string& identifier, const std::string& volume) {
    return order_at_exchange(identifier, {{"market", "KRW-BTC"},
                                          {"side", "ask"},
                                          {"ord_type", "best"},
                                          {"volume", volume},
                                          {"time_in_force", "ioc"}});
  }

  // A part or all of it, dust with it; sometimes into a book that is too thin.
  void exit(Traded& traded) {
    const bool deep = chance(60);
    move_market(deep);
    const Decimal all = held("quantity") + held("dust_quantity");
    Decimal volume = chance(50)
                         ? all
                         : mul(all, Decimal::of("0." + std::to_string(pick(3, 9))), Rounding::kDown)
                               .rounded(8, Rounding::kDown);
    const Decimal price = Decimal::from_int(static_cast<std::int64_t>(best_bid_) * 1000);
    if (mul(volume, price, Rounding::kDown) < Decimal::of("5500")) volume = all;
    if (mul(volume, price, Rounding::kDown) < Decimal::of("5500")) {
      book(R"([["400001000","1"]])", R"([["400000000","1"]])");
    }
    const auto ids = rows_.exit(traded.entry, volume.to_string());
    traded.identifiers.push_back(ids.identifier);
    rows_.mark_sent(ids);
    acknowledge(ids,
                deep ? sell(ids.identifier, volume.to_string())
                     : sell_at_best(ids.identifier, volume.to_string()),
                Side::kSell);
    follow(ids);
  }

  bool is_open() const { return rows_.count("position WHERE status = 'OPEN'") == 1; }

  EntryAccount account_of(const Traded& traded) {
    EntryAccount account;
    const auto ledger = read_ledger(sim_.ledger());
    for (const std::string& identifier : traded.identifiers) {
      for (const LedgerFill& fill : ledger.at(identifier)) account.add(fill);
    }
    return account;
  }

  void expect_fills_as_in_the_ledger(const Traded& traded) {
    const auto ledger = read_ledger(sim_.ledger());
    for (const std::string& identifier : traded.identifiers) {
      const auto& fills = ledger.at(identifier);
      const std::string of =
          " FROM fill f JOIN upbit_order o ON o.id = f.upbit_order_id "
          "WHERE o.identifier = '" +
          identifier + "'";
      EXPECT_EQ(rows_.value("SELECT count(*)" + of), std::to_string(fills.size()));
      for (const LedgerFill& fill : fills) {
        EXPECT_EQ(rows_.value("SELECT concat_ws(' ', trim_scale(f.price), trim_scale(f.volume), "
                              "trim_scale(f.fee))" +
                              of + " AND trade_uuid = '" + fill.uuid + "'"),
                  rounded(fill.price) + " " + rounded(fill.volume) + " " + rounded(fill.fee));
      }
    }
  }

  void expect_trade_as_in_the_ledger(const Traded& traded) {
    const EntryAccount account = account_of(traded);
    const std::string entry = std::to_string(traded.entry.intent.value());
    EXPECT_EQ(rows_.value("SELECT concat_ws(' ', trim_scale(entry_quantity), "
                          "trim_scale(exit_quantity), trim_scale(fees), trim_scale(profit)) "
                          "FROM trade WHERE closed_at IS NOT NULL AND entry_intent_id = " +
                          entry),
              rounded(account.bought) + " " + rounded(account.sold) + " " + rounded(account.fees) +
                  " " + rounded(account.profit()));
    EXPECT_EQ(rows_.value("SELECT trim_scale(sum(f.realized_pnl)) FROM fill f "
                          "JOIN upbit_order o ON o.id = f.upbit_order_id "
                          "JOIN order_attempt a ON a.id = o.order_attempt_id "
                          "JOIN order_intent i ON i.id = a.order_intent_id "
                          "WHERE i.entry_intent_id = " +
                          entry),
              rounded(account.profit()));
  }

  void expect_position_as_in_the_ledger(const Traded& traded) {
    const EntryAccount account = account_of(traded);
    const std::string ledger = sim_.ledger();
    EXPECT_EQ(rounded(exact((held("quantity") + held("dust_quantity")).to_string())),
              rounded(ledger_balance(ledger, "BTC")));
    if (!is_open()) return;
    EXPECT_EQ(held("quantity").to_string(), rounded(account.bought - account.sold));
    EXPECT_EQ(held("avg_price").to_string(), rounded(account.average()));
    const auto open = read_open_costs(rows_.pool(), rows_.owner(), Mode::kReal,
                                      Deadline::after(std::chrono::seconds(30)));
    ASSERT_TRUE(open && open->size() == 1);
    const Exact share = (account.bought - account.sold) / account.bought;
    EXPECT_EQ(open->front().cost.to_string(), rounded(share * (account.cost + account.entry_fees)));
    EXPECT_EQ(open->front().unrealized(Decimal::of("123456789")).to_string(),
              rounded((account.bought - account.sold) * 123456789 -
                      exact(open->front().cost.to_string())));
  }

  std::mt19937 random_{GetParam()};
  int best_bid_ = 0;  // in thousands
};

TEST_P(LedgerTest, EveryNumberIsTheLedgersToTheLastDigit) {
  make_unreliable();
  const auto feed = start_feed();
  const Exact krw_before = ledger_balance(sim_.ledger(), "KRW");
  std::vector<Traded> all;
  for (int i = 0; i < kEntries && !HasFatalFailure(); ++i) {
    Traded traded = enter();
    expect_position_as_in_the_ledger(traded);
    for (int exits = 0; is_open() && exits < 20 && !HasFatalFailure(); ++exits) {
      exit(traded);
      expect_position_as_in_the_ledger(traded);
    }
    ASSERT_FALSE(is_open());
    expect_fills_as_in_the_ledger(traded);
    expect_trade_as_in_the_ledger(traded);
    all.push_back(std::move(traded));
  }
  feed->stop();
  reconcile();
  // An earlier trade is not touched by a later one.
  for (const Traded& traded : all) expect_trade_as_in_the_ledger(traded);
  EXPECT_EQ(rows_.count("upbit_order WHERE closed_at IS NULL"), 0);
  EXPECT_EQ(rows_.count("upbit_order WHERE origin <> 'OURS'"), 0);
  EXPECT_EQ(rows_.count("fill_conflict"), 0);
  EXPECT_EQ(market(), "ACTIVE");
  const auto realized = read_realized(rows_.pool(), rows_.owner(), Mode::kReal, Timestamp(),
                                      Deadline::after(std::chrono::seconds(30)));
  ASSERT_TRUE(realized);
  EXPECT_EQ(realized->all.to_string(), rounded(ledger_balance(sim_.ledger(), "KRW") - krw_before))
      << "what was earned is not what the account has more";
}

INSTANTIATE_TEST_SUITE_P(Seeds, LedgerTest, testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace everbit::trading
