#include "trading/intent/host_exits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "integration/trading/order_rows.h"
#include "trading/pipeline/owner_exits.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using By = HostExits::By;

const std::string kMarket = "KRW-BTC";

bool eventually(const std::function<bool()>& holds) {
  const Deadline patience = Deadline::after(seconds(30));
  while (!patience.expired()) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return holds();
}

class HostExitsTest : public testing::Test {
 protected:
  // A position that its own entry bought.
  test::OrderIds hold(const std::string& quantity, const std::string& market = kMarket) {
    const auto entry = rows_.entry("10000", 1, market);
    rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED' WHERE id = " +
              std::to_string(entry.attempt.value()));
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED' WHERE id = " +
              std::to_string(entry.intent.value()));
    rows_.sql(
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
        "entry_intent_id, opened_at) VALUES (" +
        std::to_string(rows_.owner().value()) + ", '" + market + "', 'REAL', 'OPEN', " + quantity +
        ", 100000000, 'EXTREME_FLIP', " + std::to_string(entry.intent.value()) + ", now())");
    return entry;
  }
  std::string close(By by = By::kOwner, const std::string& market = kMarket) {
    const auto closed = exits_.close(market, by, "owner");
    if (!closed)
      return closed.error().code +
             (closed.error().code.starts_with("DB_") ? closed.error().message : "");
    return closed->created ? "created" : "existing";
  }
  void suspend() const {
    rows_.sql(
        "UPDATE market_state SET trade_status = 'SUSPENDED', suspend_reason_code = 'TEST', "
        "suspended_at = now()");
  }
  void set_account(const std::string& position) const {
    rows_.sql("UPDATE kill_switch SET account_position = '" + position + "'");
  }
  std::string intents() const {
    return rows_.value(
        "SELECT string_agg(concat_ws(' ', market, intent_type, status, reason_code, "
        "trim_scale(requested_volume)), ', ' ORDER BY id) FROM order_intent WHERE side = 'SELL'");
  }
  HostExits::Stop stop() const {
    return {{rows_.owner(), Mode::kReal, "EXTREME_FLIP", kMarket, "15m"},
            Timestamp::from_seconds(1'760'000'400),
            Decimal::of("90000000"),
            Decimal::of("91000000"),
            "4bf92f3577b34da6a3ce929d0e0e4736"};
  }
  std::string guard() {
    const auto refusals = exits_.guard(stop());
    if (!refusals) return refusals.error().code;
    std::string all;
    for (const std::string& refusal : *refusals) all += refusal + " ";
    return all;
  }

  SystemClock clock_;
  test::OrderRows rows_;
  TradingSwitch switch_{clock_};
  std::atomic<bool> key_usable_{true};
  std::optional<Decimal> price_ = Decimal::of("100000000");
  HostExits exits_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner(), Mode::kReal,
                    rows_.instance(), test::OrderRows::kTag, switch_, true, true, key_usable_,
                    Decimal::of("5000"), [this](const std::string&) { return price_; }}};
};

TEST_F(HostExitsTest, CloseSellsAllOnASignalOfItsOwnAndIsIdempotent) {
  hold("0.5");
  EXPECT_EQ(close(), "created");
  EXPECT_EQ(intents(), "KRW-BTC EXIT_MANUAL CREATED 0.5");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', strategy_key, timeframe, side, reason_code, "
                        "abs(extract(epoch FROM now() - candle_close_time)) < 60) FROM signal "
                        "ORDER BY id DESC LIMIT 1"),
            "MANUAL manual SELL MANUAL_CLOSE t");
  EXPECT_EQ(rows_.value("SELECT last_signal_at IS NULL FROM market_state WHERE market='KRW-BTC'"),
            "t");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', status, request_json ->> 'ord_type', request_json "
                        "->> 'smp_type') FROM order_attempt ORDER BY id DESC LIMIT 1"),
            "PREPARED market none");
  EXPECT_EQ(rows_.events("CreateOrderAttempt"), 1);
  EXPECT_EQ(close(), "existing");
  EXPECT_EQ(rows_.events("CreateOrderAttempt"), 1);
}

TEST_F(HostExitsTest, APartialExitThatIsNotSentGivesWayAndASentOneIsTheAnswer) {
  const auto entry = hold("0.5");
  const auto part = rows_.exit(entry, "0.25", IntentType::kExitTp);
  EXPECT_EQ(close(), "created");
  EXPECT_EQ(rows_.attempt(part), "SUSPENDED SUPERSEDED");
  EXPECT_EQ(intents(), "KRW-BTC EXIT_TP CANCELED SUPERSEDED 0.25, KRW-BTC EXIT_MANUAL CREATED 0.5");
}

TEST_F(HostExitsTest, ASentPartialExitIsWaitedFor) {
  const auto entry = hold("0.5");
  const auto part = rows_.exit(entry, "0.25", IntentType::kExitTp);
  rows_.mark_sent(part);
  EXPECT_EQ(close(), "existing");
  EXPECT_EQ(close(By::kFlatten), "existing");
  EXPECT_EQ(intents(), "KRW-BTC EXIT_TP CREATED 0.25");
}

TEST_F(HostExitsTest, AWholeExitThatIsUnderWayIsTheAnswer) {
  const auto entry = hold("0.5");
  (void)rows_.exit(entry, "0.5", IntentType::kExitTime);
  EXPECT_EQ(close(), "existing");
}

TEST_F(HostExitsTest, OffRefusesAndExitsOnlyDoesNot) {
  hold("0.5");
  set_account("OFF");
  EXPECT_EQ(close(), "KILL_SWITCH_OFF");
  set_account("EXITS_ONLY");
  switch_.order({AccountPosition::kOff, {}});
  EXPECT_EQ(close(), "KILL_SWITCH_OFF") << "what the process was told counts too";
  switch_.ordered_in_file({});
  rows_.sql("UPDATE kill_switch SET enabled_strategies = '[]'");
  EXPECT_EQ(close(), "created") << "the owner's exit asks no strategy";
}

TEST_F(HostExitsTest, OutOfASuspendedMarketTheOwnerAloneSells) {
  hold("0.5");
  suspend();
  EXPECT_EQ(close(By::kFlatten), "MARKET_SUSPENDED");
  EXPECT_EQ(close(By::kOwner), "created");
}

TEST_F(HostExitsTest, NotEvenTheOwnerSellsBesideAnOrderOfUnknownFate) {
  const auto entry = hold("0.5");
  const auto part = rows_.exit(entry, "0.25", IntentType::kExitTp);
  rows_.mark_sent(part);
  suspend();
  const auto closed = exits_.close(kMarket, By::kOwner, "owner");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, "MARKET_HAS_UNKNOWN");
  EXPECT_EQ(closed.error().field, part.public_id.to_string());
}

TEST_F(HostExitsTest, AnOpenEntryNothingHeldDustAndAStrangeMarketAreToldApart) {
  EXPECT_EQ(close(), "NO_POSITION");
  EXPECT_EQ(close(By::kOwner, "KRW-NONE"), "MARKET_UNKNOWN");
  (void)rows_.entry("10000", 1, "KRW-ETH");
  EXPECT_EQ(close(By::kOwner, "KRW-ETH"), "INTENT_OPEN");
  hold("0.00004999");
  EXPECT_EQ(close(), "DUST");
  price_.reset();
  EXPECT_EQ(close(), "created") << "without a price nothing counts as dust";
}

TEST_F(HostExitsTest, AKeyThatWasRefusedAndAReplacedTraderCloseNothing) {
  hold("0.5");
  key_usable_.store(false);
  EXPECT_EQ(close(), "KEY_NOT_VERIFIED");
  key_usable_.store(true);
  rows_.sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  EXPECT_EQ(close(), "FENCED");
}

TEST_F(HostExitsTest, TheGuardiansStopSellsOnceACandle) {
  const auto entry = hold("0.5");
  EXPECT_EQ(guard(), "");
  EXPECT_EQ(intents(), "KRW-BTC EXIT_STOPLOSS CREATED 0.5");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', i.strategy_key, strategy_generation, "
                        "entry_intent_id, s.reason_code) FROM order_intent i JOIN signal s ON "
                        "s.id = signal_id ORDER BY i.id DESC LIMIT 1"),
            "EXTREME_FLIP 1 " + std::to_string(entry.intent.value()) + " GUARDIAN_STOP");
  EXPECT_EQ(guard(), "STORED_ALREADY ");
  EXPECT_EQ(rows_.events("CreateOrderAttempt"), 1);
}

TEST_F(HostExitsTest, TheGuardianObeysTheSwitchesAndTellsWhatTheyRefuse) {
  hold("0.5");
  rows_.sql("UPDATE kill_switch SET enabled_strategies = '[]'");
  EXPECT_EQ(guard(), "STRATEGY_OFF ");
  EXPECT_EQ(rows_.events("ExitRefused"), 1);
  EXPECT_EQ(rows_.count("order_intent WHERE side = 'SELL'"), 0);
}

TEST_F(HostExitsTest, WhileOffTheGuardianOnlyTells) {
  hold("0.5");
  set_account("OFF");
  EXPECT_EQ(guard(), "KILL_SWITCH_OFF ");
  EXPECT_EQ(rows_.events("StopPassedWhileOff"), 1);
  EXPECT_EQ(rows_.events("ExitRefused"), 0);
}

TEST_F(HostExitsTest, TheGuardiansStopTakesThePlaceOfATakeProfitThatWasNotSent) {
  const auto entry = hold("0.5");
  const auto part = rows_.exit(entry, "0.25", IntentType::kExitTp);
  set_account("EXITS_ONLY");
  EXPECT_EQ(guard(), "");
  EXPECT_EQ(rows_.attempt(part), "SUSPENDED SUPERSEDED");
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "everbit-flatten-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

// A flatten in force, with the row re-read as the watcher would.
struct InForce {
  InForce(test::OrderRows& rows, TradingSwitch& flag, HostExits& exits, const Clock& clock)
      : kill_switch({rows.pool(), rows.owner(), flag, StateFolder(folder.path), clock, "X"}),
        owner_exits({rows.pool(), kill_switch, flag, exits, clock, rows.owner(), Mode::kReal}) {
    EXPECT_TRUE(kill_switch.refresh(Deadline::after(seconds(20))));
  }
  Folder folder;
  KillSwitch kill_switch;
  OwnerExits owner_exits;
};

TEST_F(HostExitsTest, AFlattenClosesAllItMayAndNamesTheRest) {
  hold("0.5");
  (void)rows_.entry("10000", 1, "KRW-ETH");
  InForce flatten(rows_, switch_, exits_, clock_);
  const auto done = flatten.owner_exits.flatten({"owner", {}}, Deadline::after(seconds(20)));
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_TRUE(done->has_new());
  ASSERT_EQ(done->intents.size(), 1U);
  EXPECT_EQ(done->intents[0].market, "KRW-BTC");
  ASSERT_EQ(done->skipped.size(), 1U);
  EXPECT_EQ(done->skipped[0].market + " " + done->skipped[0].reason_code, "KRW-ETH INTENT_OPEN");
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', account_position, flatten_active) FROM kill_switch"),
            "EXITS_ONLY t");
  const auto again = flatten.owner_exits.flatten({"owner", {}}, Deadline::after(seconds(20)));
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_FALSE(again->has_new());
  EXPECT_EQ(again->intents[0].intent_public_id, done->intents[0].intent_public_id);
}

TEST_F(HostExitsTest, APositionThatOpensDuringAFlattenIsClosedAtOnceUntilTheOwnerEndsIt) {
  InForce flatten(rows_, switch_, exits_, clock_);
  ASSERT_TRUE(flatten.owner_exits.flatten({"owner", {}}, Deadline::after(seconds(20))));
  flatten.owner_exits.start();
  hold("0.5");
  EXPECT_TRUE(eventually([&] { return intents() == "KRW-BTC EXIT_MANUAL CREATED 0.5"; }))
      << intents();
  ASSERT_TRUE(flatten.owner_exits.end_flatten({"owner", {}}, Deadline::after(seconds(20))));
  flatten.owner_exits.stop();
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', account_position, flatten_active) FROM kill_switch"),
            "EXITS_ONLY f");
}

// An exit that Upbit refuses must not be sent again and again.
TEST_F(HostExitsTest, AFlattenDoesNotHurryAfterAnExitThatWasRefused) {
  hold("0.5");
  InForce flatten(rows_, switch_, exits_, clock_);
  ASSERT_TRUE(flatten.kill_switch.begin_flatten({"owner", {}}, Deadline::after(seconds(20))));
  flatten.owner_exits.start();
  ASSERT_TRUE(eventually([&] { return rows_.count("order_intent WHERE side = 'SELL'") == 1; }));
  rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED' WHERE status = 'PREPARED'");
  rows_.sql("UPDATE order_intent SET status = 'CANCELED' WHERE status = 'CREATED'");
  const auto refused_at = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] { return rows_.count("order_intent WHERE side = 'SELL'") == 2; }));
  EXPECT_GT(std::chrono::steady_clock::now() - refused_at, seconds(2));
  flatten.owner_exits.stop();
}

}  // namespace
}  // namespace everbit::trading
