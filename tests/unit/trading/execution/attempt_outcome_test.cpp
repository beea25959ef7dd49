#include "trading/execution/attempt_outcome.h"

#include <gtest/gtest.h>

namespace everbit::trading {
namespace {

using net::CallFailure;
using net::CallOutcome;
using plugins::Meaning;

GatewayAnswer wire(CallOutcome outcome, CallFailure failure) {
  GatewayAnswer answer;
  answer.wire.outcome = outcome;
  answer.wire.failure = failure;
  return answer;
}

GatewayAnswer said(int status, Meaning meaning, std::string name = {}) {
  GatewayAnswer answer;
  answer.wire.outcome = CallOutcome::kAnswered;
  answer.wire.response.status = status;
  answer.decoded.answer.meaning = meaning;
  answer.decoded.answer.name = std::move(name);
  return answer;
}

GatewayAnswer accepted(std::string uuid, plugins::Side side) {
  GatewayAnswer answer = said(201, Meaning::kOk);
  plugins::Order order;
  order.uuid = std::move(uuid);
  order.market = "KRW-BTC";
  order.side = side;
  answer.decoded.found.orders.push_back(order);
  return answer;
}

// Both for an entry and for an exit.
class JudgeTest : public testing::TestWithParam<bool> {
 protected:
  JudgeTest() {
    attempt_.market = "KRW-BTC";
    attempt_.identifier = "eb-abc123-1";
    attempt_.type = GetParam() ? IntentType::kExitStoploss : IntentType::kEntry;
  }
  AttemptOutcome judged(const GatewayAnswer& answer) const { return judge(answer, attempt_); }
  GatewayAnswer accepted(std::string uuid) const {
    return trading::accepted(std::move(uuid), side_of(attempt_.type));
  }

  Attempt attempt_;
};

INSTANTIATE_TEST_SUITE_P(EntryAndExit, JudgeTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "Exit" : "Entry"; });

TEST_P(JudgeTest, AUuidIsAnOrder) {
  const AttemptOutcome outcome = judged(accepted("u-1"));
  EXPECT_EQ(outcome.status, AttemptStatus::kAcked);
  ASSERT_TRUE(outcome.order);
  EXPECT_EQ(outcome.order->uuid, "u-1");
  EXPECT_FALSE(outcome.may_try_again);
}

TEST_P(JudgeTest, AnAcceptanceWithoutAUuidIsNotRepeated) {
  for (const GatewayAnswer& answer : {said(201, Meaning::kOk), accepted("")}) {
    const AttemptOutcome outcome = judged(answer);
    EXPECT_EQ(outcome.status, AttemptStatus::kUnknown);
    EXPECT_FALSE(outcome.may_try_again);
  }
}

TEST_P(JudgeTest, TwoOrdersInOneAnswerAreNotTakenForOne) {
  GatewayAnswer answer = accepted("u-1");
  answer.decoded.found.orders.push_back(answer.decoded.found.orders[0]);
  EXPECT_EQ(judged(answer).status, AttemptStatus::kUnknown);
}

TEST_P(JudgeTest, AnAcceptanceOfAnotherOrderIsNotOurs) {
  using Change = void (*)(plugins::Order&);
  const std::initializer_list<Change> changes{
      [](plugins::Order& order) { order.market = "KRW-ETH"; },
      [](plugins::Order& order) { order.identifier = "eb-abc123-2"; },
      [](plugins::Order& order) {
        order.side = order.side == Side::kBuy ? Side::kSell : Side::kBuy;
      }};
  for (const Change change : changes) {
    GatewayAnswer answer = accepted("u-1");
    change(answer.decoded.found.orders[0]);
    EXPECT_EQ(judged(answer).status, AttemptStatus::kUnknown);
  }
  GatewayAnswer ours = accepted("u-1");
  ours.decoded.found.orders[0].identifier = attempt_.identifier;
  EXPECT_EQ(judged(ours).status, AttemptStatus::kAcked);
}

TEST_P(JudgeTest, ADuplicateIdentifierIsAnEarlierSendOfOursAndNeverARefusal) {
  const AttemptOutcome outcome =
      judged(said(400, Meaning::kDuplicateIdentifier, "duplicated_identifier"));
  EXPECT_EQ(outcome.status, AttemptStatus::kUnknown);
  EXPECT_FALSE(outcome.may_try_again);
}

TEST_P(JudgeTest, ARefusalIsNeverRetried) {
  for (const Meaning meaning : {Meaning::kRejected, Meaning::kNotFound}) {
    const AttemptOutcome outcome = judged(said(400, meaning, "insufficient_funds_bid"));
    EXPECT_EQ(outcome.status, AttemptStatus::kRejected);
    EXPECT_EQ(outcome.error_code, "insufficient_funds_bid");
    EXPECT_FALSE(outcome.may_try_again);
    EXPECT_FALSE(outcome.key_refused);
  }
}

TEST_P(JudgeTest, ARefusedKeyStopsAllOrders) {
  const AttemptOutcome outcome = judged(said(401, Meaning::kAuth, "invalid_access_key"));
  EXPECT_EQ(outcome.status, AttemptStatus::kRejected);
  EXPECT_TRUE(outcome.key_refused);
  EXPECT_FALSE(outcome.may_try_again);
}

TEST_P(JudgeTest, AThrottledOrderMayBeMadeAnew) {
  const AttemptOutcome outcome = judged(said(429, Meaning::kRateLimited));
  EXPECT_EQ(outcome.status, AttemptStatus::kThrottled);
  EXPECT_EQ(outcome.error_code, "RATE_LIMIT_429");
  EXPECT_TRUE(outcome.may_try_again);
}

TEST_P(JudgeTest, ABlockEndsTheAttemptForGood) {
  GatewayAnswer answer = said(418, Meaning::kBlocked);
  answer.decoded.answer.blocked_s = 42;
  const AttemptOutcome outcome = judged(answer);
  EXPECT_EQ(outcome.status, AttemptStatus::kSuspended);
  EXPECT_TRUE(outcome.blocked);
  EXPECT_EQ(outcome.blocked_s, 42);
  EXPECT_FALSE(outcome.may_try_again);
}

TEST_P(JudgeTest, AnOfflineMarketIsWaitedForByExitsAlone) {
  const AttemptOutcome outcome = judged(said(400, Meaning::kOffline, "market_offline"));
  EXPECT_EQ(outcome.status, AttemptStatus::kRejected);
  EXPECT_EQ(outcome.may_try_again, GetParam());
}

TEST_P(JudgeTest, WhatNobodyCanReadProvesNothing) {
  for (const int status : {200, 201, 301, 400, 403, 500, 502, 503}) {
    const AttemptOutcome outcome = judged(said(status, Meaning::kUnknown));
    EXPECT_EQ(outcome.status, AttemptStatus::kUnknown) << status;
    EXPECT_FALSE(outcome.may_try_again) << status;
  }
}

TEST_P(JudgeTest, ALostConnectionOrASilentOneIsNoProofThatNoOrderExists) {
  for (const CallFailure failure :
       {CallFailure::kTimeout, CallFailure::kClosed, CallFailure::kBadResponse,
        CallFailure::kTooLarge, CallFailure::kCancelled, CallFailure::kInternal,
        CallFailure::kAlreadySent, CallFailure::kTls, CallFailure::kConnect}) {
    const AttemptOutcome outcome = judged(wire(CallOutcome::kUnknownOutcome, failure));
    EXPECT_EQ(outcome.status, AttemptStatus::kUnknown) << net::to_string(failure);
    EXPECT_FALSE(outcome.may_try_again) << net::to_string(failure);
    EXPECT_FALSE(outcome.error_code.empty());
  }
}

TEST_P(JudgeTest, WhatProvablyNeverLeftMayBeMadeAnew) {
  for (const CallFailure failure :
       {CallFailure::kDns, CallFailure::kConnect, CallFailure::kTls, CallFailure::kTimeout,
        CallFailure::kSendByPassed, CallFailure::kBusy, CallFailure::kClosed}) {
    const AttemptOutcome outcome = judged(wire(CallOutcome::kNotSent, failure));
    EXPECT_EQ(outcome.status, AttemptStatus::kRejected) << net::to_string(failure);
    EXPECT_EQ(outcome.error_code, "NOT_SENT");
    EXPECT_TRUE(outcome.may_try_again) << net::to_string(failure);
  }
}

TEST_P(JudgeTest, ARequestThatCannotBeSignedIsNotTriedForever) {
  const AttemptOutcome outcome = judged(wire(CallOutcome::kNotSent, CallFailure::kInvalidRequest));
  EXPECT_EQ(outcome.status, AttemptStatus::kRejected);
  EXPECT_FALSE(outcome.may_try_again);
}

TEST_P(JudgeTest, TheKillSwitchDirectlyBeforeTheFirstByteSuspends) {
  const AttemptOutcome outcome = judged(wire(CallOutcome::kNotSent, CallFailure::kGateClosed));
  EXPECT_EQ(outcome.status, AttemptStatus::kSuspended);
  EXPECT_EQ(outcome.error_code, "KILL_SWITCH_OFF");
  EXPECT_FALSE(outcome.blocked);
  EXPECT_FALSE(outcome.may_try_again);
}

}  // namespace
}  // namespace everbit::trading
