#include "trading/settlement/lookup.h"

#include <gtest/gtest.h>

namespace everbit::trading {
namespace {

using net::CallFailure;
using net::CallOutcome;
using plugins::Meaning;
using Verdict = Lookup::Verdict;

OpenAttempt attempt() {
  OpenAttempt open;
  open.market = "KRW-BTC";
  open.identifier = "eb-abc123-1";
  return open;
}

GatewayAnswer said(int status, Meaning meaning) {
  GatewayAnswer answer;
  answer.wire.outcome = CallOutcome::kAnswered;
  answer.wire.response.status = status;
  answer.decoded.answer.meaning = meaning;
  return answer;
}

GatewayAnswer order(const std::string& identifier, const std::string& market = "KRW-BTC") {
  GatewayAnswer answer = said(200, Meaning::kOk);
  plugins::Order found;
  found.uuid = "u-1";
  found.identifier = identifier;
  found.market = market;
  answer.decoded.found.orders.push_back(found);
  return answer;
}

TEST(JudgeLookup, TheOrderOfTheIdentifierIsFound) {
  const Lookup lookup = judge_lookup(order("eb-abc123-1"), attempt());
  EXPECT_EQ(lookup.verdict, Verdict::kFound);
  EXPECT_EQ(lookup.order.uuid, "u-1");
}

TEST(JudgeLookup, AnAnswerWithoutTheNameIsOfTheOneAskedFor) {
  const Lookup lookup = judge_lookup(order(""), attempt());
  EXPECT_EQ(lookup.verdict, Verdict::kFound);
  EXPECT_EQ(lookup.order.identifier, "eb-abc123-1");
}

TEST(JudgeLookup, AnotherOrderIsNotTakenForOurs) {
  EXPECT_EQ(judge_lookup(order("eb-abc123-2"), attempt()).verdict, Verdict::kNothing);
  EXPECT_EQ(judge_lookup(order("eb-abc123-1", "KRW-ETH"), attempt()).verdict, Verdict::kNothing);
}

TEST(JudgeLookup, OnlyOrderNotFoundSaysThatThereIsNone) {
  EXPECT_EQ(judge_lookup(said(404, Meaning::kNotFound), attempt()).verdict, Verdict::kNotFound);
  for (const Meaning meaning : {Meaning::kAuth, Meaning::kRateLimited, Meaning::kBlocked,
                                Meaning::kOffline, Meaning::kRejected, Meaning::kUnknown}) {
    EXPECT_EQ(judge_lookup(said(404, meaning), attempt()).verdict, Verdict::kNothing)
        << static_cast<int>(meaning);
  }
  EXPECT_EQ(judge_lookup(said(200, Meaning::kOk), attempt()).verdict, Verdict::kNothing);
}

TEST(JudgeLookup, SilenceProvesNothing) {
  for (const CallOutcome outcome : {CallOutcome::kNotSent, CallOutcome::kUnknownOutcome}) {
    GatewayAnswer answer;
    answer.wire.outcome = outcome;
    answer.wire.failure = CallFailure::kTimeout;
    // Not even if somebody filled in a meaning.
    answer.decoded.answer.meaning = Meaning::kNotFound;
    EXPECT_EQ(judge_lookup(answer, attempt()).verdict, Verdict::kNothing);
  }
}

}  // namespace
}  // namespace everbit::trading
