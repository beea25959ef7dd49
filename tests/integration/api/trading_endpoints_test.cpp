#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "api/exit_endpoints.h"
#include "api/flatten_json.h"
#include "api/market_endpoints.h"
#include "api/order_endpoints.h"
#include "api/order_list.h"
#include "api/reconcile_endpoint.h"
#include "api/reconcile_json.h"
#include "integration/trading/order_rows.h"

namespace everbit::api {
namespace {

using testing::HasSubstr;
using testing::Not;
using trading::HostExits;
using trading::Mode;

const std::string kNobody = "01890a5d-ac96-774b-bcce-b302099a8057";

// Exits as the daemon has them; nothing is sent, as nobody executes.
class Trading : public testing::Test {
 protected:
  Trading() {
    std::string name = (std::filesystem::temp_directory_path() / "everbit-api-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    kill_switch_ = std::make_unique<trading::KillSwitch>(trading::KillSwitch::Parts{
        rows_.pool(), rows_.owner(), flag_, trading::StateFolder(folder_), clock_, "EXTREME_FLIP"});
    owner_exits_ = std::make_unique<trading::OwnerExits>(trading::OwnerExits::Parts{
        rows_.pool(), *kill_switch_, flag_, exits_, clock_, rows_.owner(), Mode::kReal});
    (void)kill_switch_->refresh(Deadline::after(std::chrono::seconds(20)));
    add_exit_endpoints(router_, *owner_exits_, *kill_switch_);
    add_order_endpoints(router_, rows_.pool(), rows_.outbox(), rows_.owner(), Mode::kReal);
    add_market_endpoints(router_, rows_.pool(), rows_.owner(), Mode::kReal,
                         [this](const std::string&) { return price_; });
    add_reconcile_endpoint(
        router_,
        [this](trading::ReconcileScope scope, const std::string& by) {
          return trading::RunLog(rows_.pool(), rows_.owner()).request(scope, by);
        },
        *kill_switch_);
  }
  ~Trading() override { std::filesystem::remove_all(folder_); }

  http::Response ask(const std::string& method, const std::string& path,
                     const std::string& body = "") {
    http::Request request;
    request.method = method;
    request.target = "/api/v2/" + path;
    request.body = body;
    if (!body.empty()) request.content_type = "application/json";
    request.peer = http::UnixPeer{1000, {1000}};
    return router_.answer(request);
  }
  // "409 {…}"
  std::string post(const std::string& path, const std::string& body = "") {
    const auto response = ask("POST", path, body);
    return std::to_string(response.status) + " " + response.body;
  }
  std::string get(const std::string& path) {
    const auto response = ask("GET", path);
    return std::to_string(response.status) + " " + response.body;
  }
  test::OrderIds hold(const std::string& quantity = "0.5") {
    const auto entry = rows_.entry();
    rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED' WHERE status = 'PREPARED'");
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
    rows_.hold(entry, quantity);
    return entry;
  }
  void set_account(const std::string& position) {
    rows_.sql("UPDATE kill_switch SET account_position = '" + position + "'");
    (void)kill_switch_->refresh(Deadline::after(std::chrono::seconds(20)));
  }
  void suspend() const {
    rows_.sql(
        "UPDATE market_state SET trade_status = 'SUSPENDED', suspend_reason_code = 'TEST', "
        "suspended_at = now() WHERE market = 'KRW-BTC'");
  }
  // Its attempt is UNKNOWN, sent so long ago and looked up so often.
  test::OrderIds unknown(int seconds_ago = 600, int lookups = 9) {
    const auto entry = rows_.entry();
    rows_.mark_sent(entry);
    rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN', lookups_not_found = " +
              std::to_string(lookups));
    rows_.age_attempts(seconds_ago);
    return entry;
  }

  SystemClock clock_;
  std::filesystem::path folder_;
  test::OrderRows rows_;
  trading::TradingSwitch flag_{clock_};
  std::unique_ptr<trading::KillSwitch> kill_switch_;
  std::atomic<bool> key_usable_{true};
  std::optional<Decimal> price_ = Decimal::of("100000000");
  HostExits exits_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner(), Mode::kReal,
                    rows_.instance(), test::OrderRows::kTag, flag_, true, true, key_usable_,
                    Decimal::of("5000"), [this](const std::string&) { return price_; }}};
  std::unique_ptr<trading::OwnerExits> owner_exits_;
  Router router_;
};

TEST_F(Trading, TwoTapsOnCloseAreOneSale) {
  hold();
  const auto first = post("positions/KRW-BTC/close");
  EXPECT_THAT(first, HasSubstr("202 {\"intentPublicId\":\""));
  EXPECT_THAT(first, HasSubstr("\"created\":true"));
  const auto second = post("positions/KRW-BTC/close", "{}");
  EXPECT_THAT(second, HasSubstr("200 {\"intentPublicId\":\""));
  EXPECT_THAT(second, HasSubstr("\"created\":false"));
  EXPECT_EQ(first.substr(23, 36), second.substr(23, 36));
  EXPECT_EQ(rows_.count("order_intent WHERE intent_type = 'EXIT_MANUAL'"), 1);
  EXPECT_EQ(rows_.value("SELECT signal_json ->> 'actor' FROM signal WHERE strategy_key = 'MANUAL'"),
            "admin:1000");
}

TEST_F(Trading, CloseSaysWhyNot) {
  EXPECT_THAT(post("positions/KRW-BTC/close"), HasSubstr("404 {\"code\":\"NOT_FOUND\""));
  EXPECT_THAT(post("positions/KRW-BTC/close"), HasSubstr("\"reasonCode\":\"NO_POSITION\""));
  EXPECT_THAT(post("positions/KRW-NONE/close"), HasSubstr("\"reasonCode\":\"MARKET_NOT_FOUND\""));
  EXPECT_THAT(post("positions/krw-btc/close"), HasSubstr("\"reasonCode\":\"MARKET_NOT_FOUND\""));
  EXPECT_THAT(post("positions/KRW-BTC/close", R"({"force":true})"), HasSubstr("UNKNOWN_FIELD"));
  hold("0.00001");
  EXPECT_THAT(post("positions/KRW-BTC/close"), HasSubstr("\"reasonCode\":\"DUST\""));
  set_account("OFF");
  EXPECT_THAT(post("positions/KRW-BTC/close"), HasSubstr("409 {\"code\":\"CONFLICT\""));
  EXPECT_THAT(post("positions/KRW-BTC/close"), HasSubstr("\"reasonCode\":\"KILL_SWITCH_OFF\""));
}

TEST_F(Trading, ASuspendedMarketIsClosedUnlessAnOrderOfUnknownFateIsThere) {
  hold();
  suspend();
  EXPECT_THAT(post("positions/KRW-BTC/close"), HasSubstr("202"));
  rows_.sql(
      "UPDATE order_attempt SET status = 'SENT', sent_token = 't', sent_at = now() "
      "WHERE status = 'PREPARED'");
  rows_.sql("UPDATE order_attempt SET status = 'UNKNOWN' WHERE status = 'SENT'");
  const auto refused = post("positions/KRW-BTC/close");
  EXPECT_THAT(refused, HasSubstr("\"reasonCode\":\"MARKET_HAS_UNKNOWN\""));
  const auto id = rows_.value("SELECT public_id FROM order_attempt WHERE status = 'UNKNOWN'");
  EXPECT_THAT(refused, HasSubstr("\"details\":{\"attempts\":[\"" + id + "\"]}"));
  EXPECT_THAT(post("markets/KRW-BTC/unsuspend"), HasSubstr("\"attempts\":[\"" + id + "\"]"));
}

TEST_F(Trading, FlattenSellsOnceSkipsTheSuspendedAndStaysUntilItIsEnded) {
  hold();
  const auto first = ask("POST", "flatten");
  EXPECT_EQ(first.status, 202U) << first.body;
  const auto flattened = parse_flattened(first.body);
  ASSERT_TRUE(flattened) << first.body;
  ASSERT_EQ(flattened->intents.size(), 1U);
  EXPECT_TRUE(flattened->intents[0].created);
  EXPECT_EQ(ask("POST", "flatten").status, 200U);
  EXPECT_EQ(rows_.value("SELECT account_position || ' ' || flatten_active FROM kill_switch"),
            "EXITS_ONLY true");
  suspend();
  EXPECT_THAT(post("flatten"),
              HasSubstr(R"("skipped":[{"market":"KRW-BTC","reasonCode":"MARKET_SUSPENDED"}])"));
  const auto ended = ask("DELETE", "flatten");
  EXPECT_EQ(ended.status, 204U);
  EXPECT_EQ(ended.body, "");
  EXPECT_EQ(rows_.value("SELECT flatten_active FROM kill_switch"), "f");
}

TEST_F(Trading, OrdersComeInPagesOfWhatWasAskedFor) {
  for (int i = 0; i < 3; ++i) {
    (void)rows_.entry();
    rows_.sql("UPDATE order_intent SET status = 'CANCELED'");
  }
  const auto first = parse_orders(ask("GET", "orders?limit=2&market=KRW-BTC").body);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->items.size(), 2U);
  ASSERT_TRUE(first->next);
  const auto rest = parse_orders(ask("GET", "orders?cursor=" + first->next->to_string()).body);
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest->items.size(), 1U);
  EXPECT_FALSE(rest->next);
  EXPECT_NE(rest->items[0].intent, first->items[1].intent);
  EXPECT_EQ(get("orders?mode=PAPER"), R"(200 {"items":[],"nextCursor":null})");
  for (const char* bad : {"limit=0", "limit=101", "limit=x", "mode=BOTH", "market=BTC", "cursor=1",
                          "limt=3", "limit=1&limit=2", "market=%zz"}) {
    EXPECT_THAT(get(std::string("orders?") + bad), HasSubstr("VALIDATION_FAILED")) << bad;
  }
}

TEST_F(Trading, AnAttemptIsResolvedAfterItsQuarantineOnlyAndTheOutboxHearsOfIt) {
  const auto attempt = unknown(600, 3);
  const std::string path = "attempts/" + attempt.public_id.to_string() + "/resolve";
  const auto early = post(path, R"({"outcome":"ABSENT"})");
  EXPECT_THAT(early, HasSubstr("409 {\"code\":\"CONFLICT\""));
  EXPECT_THAT(early, HasSubstr("\"reasonCode\":\"QUARANTINE\",\"details\":{\"until\":\"20"));
  EXPECT_THAT(early, HasSubstr("\"lookups\":3}"));
  EXPECT_THAT(post(path), HasSubstr(R"("fields":[{"field":"outcome","reason":"REQUIRED"}])"));
  EXPECT_THAT(post(path, R"({"outcome":"FOUND"})"), HasSubstr("NOT_ALLOWED"));
  EXPECT_THAT(post("attempts/" + kNobody + "/resolve", R"({"outcome":"ABSENT"})"),
              HasSubstr("\"reasonCode\":\"ATTEMPT_UNKNOWN\""));
  rows_.sql("UPDATE order_attempt SET lookups_not_found = 5");
  EXPECT_THAT(post(path, R"({"outcome":"ABSENT"})"),
              HasSubstr("200 {\"attemptPublicId\":\"" + attempt.public_id.to_string() +
                        "\",\"attemptNo\":1,\"status\":\"REJECTED\""));
  EXPECT_EQ(rows_.intent(attempt), "CANCELED ABSENT");
  EXPECT_EQ(rows_.events("OrderRejected"), 1);
  EXPECT_THAT(post(path, R"({"outcome":"ABSENT"})"), HasSubstr("\"reasonCode\":\"NOT_UNKNOWN\""));
}

TEST_F(Trading, OnlyAStuckOrderOfOursIsCancelled) {
  EXPECT_THAT(post("orders/" + kNobody + "/cancel"),
              HasSubstr("404 {\"code\":\"ORDER_NOT_FOUND\""));
  EXPECT_THAT(post("orders/nonsense/cancel"), HasSubstr("UPBIT_UUID_UNKNOWN"));
}

TEST_F(Trading, APositionIsSetWithItsReasonAndAsTextOrNumber) {
  hold();
  EXPECT_THAT(post("positions/KRW-BTC/adjust", R"({"quantity":0.25})"),
              HasSubstr(R"({"field":"reason","reason":"REQUIRED"})"));
  EXPECT_THAT(post("positions/KRW-BTC/adjust", R"({"quantity":1e-1,"reason":"x"})"),
              HasSubstr(R"({"field":"quantity","reason":"NOT_NUMBER"})"));
  EXPECT_THAT(post("positions/KRW-BTC/adjust", R"({"quantity":"-1","price":0,"reason":"x"})"),
              HasSubstr(R"([{"field":"quantity","reason":"OUT_OF_RANGE"},{"field":"price")"));
  ASSERT_THAT(post("positions/KRW-BTC/close"), HasSubstr("202"));
  EXPECT_THAT(post("positions/KRW-BTC/adjust", R"({"quantity":"0","reason":"x"})"),
              HasSubstr("\"reasonCode\":\"INTENT_OPEN\""));
  rows_.sql("UPDATE order_intent SET status = 'CANCELED' WHERE status = 'CREATED'");
  EXPECT_THAT(post("positions/KRW-BTC/adjust",
                   R"({"quantity":0,"price":"90000000.5","reason":"sold by hand"})"),
              HasSubstr("\"positionStatus\":\"FLAT\""));
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', actor, actor_uid, after_json ->> 'price') "
                        "FROM audit_log"),
            "admin:1000 1000 90000000.5");
}

TEST_F(Trading, MarketsShowWhatIsHeldAtTodaysPrice) {
  hold();
  price_ = Decimal::of("101000000");
  rows_.sql(
      "UPDATE market_state SET cooldown_until = '2030-01-01T00:00:00Z' "
      "WHERE market = 'KRW-BTC'");
  const auto items = parse_markets(ask("GET", "markets").body);
  ASSERT_TRUE(items);
  const auto btc =
      std::ranges::find_if(*items, [](const auto& item) { return item.market == "KRW-BTC"; });
  ASSERT_NE(btc, items->end());
  EXPECT_EQ(btc->position_status, "OPEN");
  EXPECT_EQ(btc->last_price, price_);
  EXPECT_EQ(btc->unrealized, mul(btc->quantity, *price_ - btc->avg_price, Rounding::kDown));
  EXPECT_EQ(btc->cooldown_until->to_iso(), "2030-01-01T00:00:00Z");
  price_.reset();
  EXPECT_THAT(get("markets"), HasSubstr("\"lastPrice\":null,\"unrealizedPnlKrw\":null"));
  EXPECT_THAT(get("markets?mode=PAPER"), Not(HasSubstr("OPEN")));
}

TEST_F(Trading, UnsuspendReleasesAndSaysSo) {
  suspend();
  EXPECT_THAT(post("markets/KRW-BTC/unsuspend", R"({"reason":"looked"})"),
              HasSubstr("\"tradeStatus\":\"ACTIVE\""));
  EXPECT_THAT(post("markets/KRW-BTC/unsuspend"), HasSubstr("200"));
  EXPECT_EQ(rows_.count("audit_log"), 1);
}

TEST_F(Trading, WhoAsksForAReconcileGetsTheOneThatWaits) {
  const auto first = ask("POST", "reconcile");
  EXPECT_EQ(first.status, 202U);
  const auto job = parse_job(first.body);
  ASSERT_TRUE(job) << first.body;
  EXPECT_EQ(parse_job(ask("POST", "reconcile", R"({"scope":"open_orders_only"})").body), job);
  EXPECT_EQ(rows_.value("SELECT scope || ' ' || requested_by FROM reconcile_run"),
            "full admin:1000");
  EXPECT_THAT(post("reconcile", R"({"scope":"all"})"), HasSubstr("NOT_ALLOWED"));
  rows_.sql("INSERT INTO exchange_block (owner_id, side, blocked_until) VALUES (" +
            std::to_string(rows_.owner().value()) + ", 'exchange', '2030-01-01T00:00:00Z')");
  (void)kill_switch_->refresh(Deadline::after(std::chrono::seconds(20)));
  const auto blocked = post("reconcile");
  EXPECT_THAT(blocked, HasSubstr("503 {\"code\":\"SERVICE_UNAVAILABLE\""));
  EXPECT_THAT(blocked, HasSubstr("\"details\":{\"blockedUntil\":\"2030-01-01T00:00:00.000Z\"}"));
}

}  // namespace
}  // namespace everbit::api
