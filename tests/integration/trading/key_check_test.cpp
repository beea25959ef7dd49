#include "trading/execution/key_check.h"

#include <gtest/gtest.h>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;
using Verdict = KeyCheck::Verdict;

class KeyCheckTest : public testing::Test {
 protected:
  KeyCheck check() { return check_key(exchange_.gateway(), "KRW-BTC"); }
  // The key in use, with these scopes.
  void scopes(const std::string& list) {
    sim_.post("/keys",
              R"({"access_key":"upbit-sim-access-key",)"
              R"("secret_key":"upbit-sim-secret-key-0123456789abcdef","account":"main","scopes":)" +
                  list + "}");
  }

  test::UpbitSim sim_;
  test::ExchangeClient exchange_{sim_.rest()};
};

TEST_F(KeyCheckTest, AKeyThatMayDoItsWorkAndNoMoreIsGood) {
  scopes(R"(["view-assets","place-orders","view-orders"])");
  const KeyCheck good = check();
  EXPECT_EQ(good.verdict, Verdict::kGood) << good.code << " " << good.name;
  EXPECT_EQ(sim_.orders(), 0) << "an order test places nothing";
}

TEST_F(KeyCheckTest, AKeyThatMayNotPlaceOrdersIsRefusedThoughItReadsTheAccount) {
  scopes(R"(["view-assets","view-orders"])");
  const KeyCheck refused = check();
  EXPECT_EQ(refused.verdict, Verdict::kRefused);
  EXPECT_EQ(refused.code, "SCOPE_MISSING");
}

TEST_F(KeyCheckTest, AKeyThatMayWithdrawIsRefused) {
  scopes(R"(["view-assets","place-orders","view-orders","withdraw"])");
  EXPECT_EQ(check().code, "KEY_CAN_WITHDRAW");
}

TEST_F(KeyCheckTest, AnAccountWithoutMoneyStillShowsThatItMayPlaceOrders) {
  scopes(R"(["view-assets","place-orders","view-orders"])");
  sim_.post("/balance/main", R"({"currency":"KRW","balance":"0"})");
  EXPECT_EQ(check().verdict, Verdict::kGood);
}

TEST_F(KeyCheckTest, AnErrorOfTheServerIsNoVerdictOnTheKey) {
  sim_.post("/faults", R"({"on":"rest","path":"/v1/accounts","action":"respond","status":500})");
  EXPECT_EQ(check().verdict, Verdict::kUnclear);
  sim_.stop();
  EXPECT_EQ(check().verdict, Verdict::kUnclear);
}

TEST_F(KeyCheckTest, OnlyAGoodCheckEndsARefusal) {
  test::OrderRows rows;
  rows.sql(
      "INSERT INTO upbit_key (owner_id, access_key_enc, secret_key_enc, key_version, "
      "verify_error, verify_error_final) VALUES (" +
      std::to_string(rows.owner().value()) + ", '\\x00', '\\x00', 1, 'SCOPE_MISSING', true)");
  const auto store = [&](const KeyCheck& check) {
    return bool(store_key_check(rows.pool(), rows.owner(), check, Deadline::after(seconds(10))));
  };
  EXPECT_TRUE(store({Verdict::kUnclear, "", "timeout", std::nullopt}));
  EXPECT_EQ(rows.value("SELECT verify_error FROM upbit_key"), "SCOPE_MISSING");
  EXPECT_TRUE(store({Verdict::kRefused, "KEY_EXPIRED", "expired_access_key", std::nullopt}));
  EXPECT_EQ(rows.value("SELECT verify_error FROM upbit_key"), "KEY_EXPIRED");
  EXPECT_TRUE(store({Verdict::kGood, "", "", std::nullopt}));
  EXPECT_EQ(rows.value("SELECT verify_error IS NULL AND verified_at IS NOT NULL FROM upbit_key"),
            "t");
}

TEST_F(KeyCheckTest, AnOrderCannotTakeThePathOfAQuestion) {
  const std::vector<plugins::Field> order{
      {"market", "KRW-BTC"}, {"side", "bid"}, {"ord_type", "price"}, {"price", "10000"}};
  for (const GatewayAnswer& answer :
       {exchange_.gateway().probe(plugins::ExchangeOp::kOrderCreate, order),
        exchange_.gateway().read(plugins::ExchangeOp::kOrderCreate, order,
                                 net::RatePriority::kExit)}) {
    EXPECT_EQ(answer.wire.outcome, net::CallOutcome::kNotSent);
    EXPECT_EQ(answer.wire.failure, net::CallFailure::kInvalidRequest);
  }
  // Nor by hand, past the gateway.
  net::HttpCall call;
  call.request = exchange_.gateway().sign_create(order).value();
  EXPECT_EQ(exchange_.http().send_blocking(std::move(call)).failure,
            net::CallFailure::kInvalidRequest);
  EXPECT_EQ(sim_.creates(), 0);
}

}  // namespace
}  // namespace everbit::trading
