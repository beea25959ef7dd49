#include <gtest/gtest.h>

#include <string_view>

#include "plugins/exchange/exchange_codec.h"

// A plugin may be wrong in ways that exchange-upbit is not; the host must not act on it.
namespace everbit::test {
namespace {

using plugins::ExchangeCodec;
using plugins::ExchangeOp;
using plugins::Meaning;

using DecodeBody = eb_status (*)(const eb_exchange_sink&);

eb_order an_order() {
  eb_order order{};
  order.size = sizeof order;
  order.uuid = {"u-1", 3};
  order.market = {"KRW-BTC", 7};
  order.side = EB_SIDE_BUY;
  order.state = EB_ORDER_WAIT;
  return order;
}

eb_answer an_answer(std::int32_t meaning) {
  eb_answer answer{};
  answer.size = sizeof answer;
  answer.meaning = meaning;
  return answer;
}

eb_status say(const eb_exchange_sink& sink, std::int32_t meaning) {
  const auto answer = an_answer(meaning);
  return sink.answer(sink.ctx_host, &answer);
}

eb_status say(const eb_exchange_sink& sink, const eb_order& order) {
  return sink.order(sink.ctx_host, &order);
}

// Runs a decode whose plugin does what `body` says; self is the function.
plugins::Decoded decode_with(DecodeBody body) {
  eb_exchange_v1 table{};
  table.size = sizeof table;
  table.decode = [](void* self, const eb_exchange_answer*, const eb_exchange_sink* sink) {
    return (*static_cast<DecodeBody*>(self))(*sink);
  };
  return ExchangeCodec(&table, &body).decode(ExchangeOp::kOrderCreate, 201, {}, "{}");
}

TEST(CodecDistrust, AnHonestAnswerComesThrough) {
  const auto decoded = decode_with([](const eb_exchange_sink& sink) {
    say(sink, an_order());
    return say(sink, EB_ANSWER_OK);
  });
  EXPECT_EQ(decoded.answer.meaning, Meaning::kOk);
  EXPECT_EQ(decoded.found.orders.size(), 1U);
}

TEST(CodecDistrust, NoAnswerOrTwoOrAnUnknownOneIsUnknown) {
  for (const DecodeBody body : {
           DecodeBody([](const eb_exchange_sink&) -> eb_status { return EB_OK; }),
           DecodeBody([](const eb_exchange_sink& sink) {
             say(sink, EB_ANSWER_REJECTED);
             say(sink, EB_ANSWER_OK);
             return eb_status{EB_OK};
           }),
           DecodeBody([](const eb_exchange_sink& sink) {
             say(sink, 77);
             return eb_status{EB_OK};
           }),
           DecodeBody([](const eb_exchange_sink& sink) {
             say(sink, EB_ANSWER_REJECTED);
             return eb_status{EB_ERR_EXCEPTION};
           }),
       }) {
    EXPECT_EQ(decode_with(body).answer.meaning, Meaning::kUnknown);
  }
}

TEST(CodecDistrust, ANumberOutOfRangeMakesTheWholeAnswerUnknown) {
  const auto decoded = decode_with([](const eb_exchange_sink& sink) {
    auto order = an_order();
    order.flags = EB_ORDER_HAS_PRICE;
    order.price = {0, INT64_MAX};
    say(sink, order);
    say(sink, EB_ANSWER_OK);
    return eb_status{EB_OK};
  });
  EXPECT_EQ(decoded.answer.meaning, Meaning::kUnknown);
  EXPECT_TRUE(decoded.found.orders.empty());
}

TEST(CodecDistrust, AnOrderBesideARefusalIsNotSeen) {
  const auto decoded = decode_with([](const eb_exchange_sink& sink) {
    say(sink, an_order());
    return say(sink, EB_ANSWER_REJECTED);
  });
  EXPECT_EQ(decoded.answer.meaning, Meaning::kRejected);
  EXPECT_TRUE(decoded.found.orders.empty());
}

TEST(CodecDistrust, ACreateOrderDeclaredAsAReadIsRefusedBecauseReadsAreRepeated) {
  eb_exchange_v1 table{};
  table.size = sizeof table;
  table.encode = [](void*, const eb_exchange_call*, const eb_request_sink* sink) {
    eb_exchange_request request{};
    request.size = sizeof request;
    request.effect = EB_EFFECT_READ;
    return sink->request(sink->ctx_host, &request);
  };
  const ExchangeCodec codec(&table, nullptr);
  EXPECT_FALSE(codec.encode(ExchangeOp::kOrderCreate, {}, nullptr, ""));
  EXPECT_FALSE(codec.encode(ExchangeOp::kOrderCancel, {}, nullptr, ""));
  EXPECT_TRUE(codec.encode(ExchangeOp::kMarkets, {}, nullptr, ""));
}

TEST(CodecDistrust, AnEncodeThatGivesNothingIsAnError) {
  eb_exchange_v1 table{};
  table.size = sizeof table;
  table.encode = [](void*, const eb_exchange_call*, const eb_request_sink*) -> eb_status {
    return EB_OK;
  };
  EXPECT_FALSE(ExchangeCodec(&table, nullptr).encode(ExchangeOp::kMarkets, {}, nullptr, ""));
}

}  // namespace
}  // namespace everbit::test
