#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "unit/exchange-upbit/loaded_plugin.h"
#include "unit/exchange-upbit/samples.h"

namespace everbit::test {
namespace {

using plugins::Channel;
using plugins::ExchangeOp;
using plugins::Meaning;

// A sink that counts what reaches it, below the host's own distrust.
struct Seen {
  int items = 0;
  int answers = 0;
  int after_answer = 0;
};

template <class T>
eb_status count_item(void* ctx, const T*) {
  auto& seen = *static_cast<Seen*>(ctx);
  ++seen.items;
  seen.after_answer += seen.answers;
  return EB_OK;
}

eb_status count_answer(void* ctx, const eb_answer*) {
  ++static_cast<Seen*>(ctx)->answers;
  return EB_OK;
}

eb_exchange_sink counting_sink(Seen& seen) {
  eb_exchange_sink sink{};
  sink.size = sizeof sink;
  sink.ctx_host = &seen;
  sink.answer = &count_answer;
  sink.account = &count_item<eb_account>;
  sink.chance = &count_item<eb_chance>;
  sink.order = &count_item<eb_order>;
  sink.fill = &count_item<eb_fill>;
  sink.candle = &count_item<eb_exchange_candle>;
  sink.market = &count_item<eb_market>;
  sink.instrument = &count_item<eb_instrument>;
  sink.api_key = &count_item<eb_api_key>;
  sink.tick = &count_item<eb_tick>;
  sink.trade = &count_item<eb_trade>;
  sink.book_top = &count_item<eb_book_top>;
  return sink;
}

Seen feed_answer(const LoadedPlugin& plugin, ExchangeOp op, int status, std::string_view body) {
  Seen seen;
  const auto sink = counting_sink(seen);
  eb_exchange_answer answer{};
  answer.size = sizeof answer;
  answer.op = static_cast<std::int32_t>(op);
  answer.http_status = status;
  answer.body = {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()};
  EXPECT_EQ(plugin.table().decode(plugin.self(), &answer, &sink), EB_OK);
  EXPECT_EQ(seen.answers, 1);
  EXPECT_EQ(seen.after_answer, 0);
  return seen;
}

eb_status feed_frame(const LoadedPlugin& plugin, Channel channel, std::string_view text,
                     Seen& seen) {
  const auto sink = counting_sink(seen);
  return plugin.table().ws_decode(plugin.self(), static_cast<std::int32_t>(channel),
                                  {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                                  &sink);
}

TEST(Hostile, AnAnswerCutAtAnyByteGivesNothing) {
  const LoadedPlugin plugin;
  for (const RestSample& sample : rest_samples()) {
    for (std::size_t cut = 0; cut < sample.body.size(); ++cut) {
      // A copy of exactly this length, so that a sanitizer sees a read behind its end.
      const std::vector<char> body(sample.body.begin(),
                                   sample.body.begin() + static_cast<std::ptrdiff_t>(cut));
      const std::string_view text(body.data(), body.size());
      EXPECT_EQ(feed_answer(plugin, sample.op, sample.status, text).items, 0)
          << sample.name << " cut at " << cut;
      EXPECT_EQ(plugin.codec().decode(sample.op, sample.status, {}, text).answer.meaning,
                Meaning::kUnknown)
          << sample.name << " cut at " << cut;
    }
  }
}

TEST(Hostile, AFrameCutAtAnyByteIsBrokenAndGivesNothing) {
  const LoadedPlugin plugin;
  for (const FrameSample& sample : frame_samples()) {
    for (std::size_t cut = 0; cut < sample.text.size(); ++cut) {
      const std::vector<char> frame(sample.text.begin(),
                                    sample.text.begin() + static_cast<std::ptrdiff_t>(cut));
      Seen seen;
      EXPECT_EQ(feed_frame(plugin, sample.channel, {frame.data(), frame.size()}, seen),
                EB_ERR_PARSE)
          << sample.name << " cut at " << cut;
      EXPECT_EQ(seen.items + seen.answers, 0);
    }
  }
}

// Replaces the value behind each key, one at a time.
template <class Feed>
void with_each_value_replaced(std::string_view text, std::string_view by, Feed&& feed) {
  for (std::size_t colon = text.find("\":"); colon != std::string_view::npos;
       colon = text.find("\":", colon + 1)) {
    const std::size_t start = colon + 2;
    std::size_t end =
        text[start] == '"' ? text.find('"', start + 1) + 1 : text.find_first_of(",}]", start);
    if (text[start] == '{' || text[start] == '[') continue;
    std::string changed(text.substr(0, start));
    changed.append(by).append(text.substr(end));
    feed(changed);
  }
}

TEST(Hostile, AWrongTypeNeverMakesHalfAResult) {
  const LoadedPlugin plugin;
  for (const std::string_view wrong : {"{}", "[]", "true", "-1", "\"x\"", "\"\"", "1e400", "NaN",
                                       "\"\\u0000\"", "nul", "99999999999999999999999"}) {
    for (const RestSample& sample : rest_samples()) {
      with_each_value_replaced(sample.body, wrong, [&](const std::string& body) {
        const auto seen = feed_answer(plugin, sample.op, sample.status, body);
        const auto meaning =
            plugin.codec().decode(sample.op, sample.status, {}, body).answer.meaning;
        EXPECT_TRUE(meaning == Meaning::kOk || seen.items == 0) << body;
      });
    }
    for (const FrameSample& sample : frame_samples()) {
      with_each_value_replaced(sample.text, wrong, [&](const std::string& text) {
        Seen seen;
        const eb_status status = feed_frame(plugin, sample.channel, text, seen);
        EXPECT_TRUE(status == EB_OK || seen.items == 0) << text;
      });
    }
  }
}

TEST(Hostile, AnObjectWhereANumberBelongsIsNotAccepted) {
  const LoadedPlugin plugin;
  for (const auto* price :
       {"{}", "[]", "true", "\"x\"", "-1", "0", "1e400", "1e-19", "01", "+1", ".5", "1.", "0x10",
        "Infinity", "\"1\"2", "1 2", "123456789012345678901"}) {
    const std::string frame = R"({"type":"ticker","code":"KRW-BTC","trade_price":)" +
                              std::string(price) +
                              R"(,"acc_trade_price_24h":1,"timestamp":1772424967390})";
    Seen seen;
    EXPECT_NE(feed_frame(plugin, Channel::kPublic, frame, seen), EB_OK) << price;
    EXPECT_EQ(seen.items, 0);
  }
}

TEST(Hostile, TwoAnswersInOneBodyAreNone) {
  const LoadedPlugin plugin;
  const std::string order(kOrderCreated);
  const std::string refusal = R"({"error":{"name":"order_not_found","message":"x"}})";
  EXPECT_EQ(feed_answer(plugin, ExchangeOp::kOrderCreate, 201, order + order).items, 0);
  EXPECT_EQ(feed_answer(plugin, ExchangeOp::kOrdersOpen, 200, "[][]").items, 0);
  EXPECT_EQ(plugin.codec().decode(ExchangeOp::kOrdersOpen, 200, {}, "[][]").answer.meaning,
            Meaning::kUnknown);
  EXPECT_EQ(plugin.codec().decode(ExchangeOp::kOrderGet, 404, {}, refusal + refusal).answer.meaning,
            Meaning::kUnknown);
  Seen seen;
  EXPECT_EQ(feed_frame(plugin, Channel::kPublic, std::string(kTickerFrame) + "{}", seen),
            EB_ERR_PARSE);
  EXPECT_EQ(seen.items, 0);
}

TEST(Hostile, AKnownKeyTwiceIsRefused) {
  const LoadedPlugin plugin;
  std::string body(kOrderCreated);
  body.insert(1, R"("uuid":"another",)");
  EXPECT_EQ(plugin.codec().decode(ExchangeOp::kOrderCreate, 201, {}, body).answer.meaning,
            Meaning::kUnknown);
  std::string unknown(kOrderCreated);
  unknown.insert(1, R"("new_key":1,"new_key":2,)");
  EXPECT_EQ(plugin.codec().decode(ExchangeOp::kOrderCreate, 201, {}, unknown).answer.meaning,
            Meaning::kOk);
}

TEST(Hostile, DeepNestingIsSkippedOrRefusedButNeverFollowed) {
  const LoadedPlugin plugin;
  for (const std::size_t depth : {10U, 1000U, 100'000U}) {
    const std::string nest = std::string(depth, '[') + std::string(depth, ']');
    std::string body(kOrderCreated);
    body.insert(1, "\"extra\":" + nest + ",");
    feed_answer(plugin, ExchangeOp::kOrderCreate, 201, body);
    EXPECT_EQ(feed_answer(plugin, ExchangeOp::kOrderCreate, 201, nest).items, 0);
    EXPECT_EQ(feed_answer(plugin, ExchangeOp::kOrdersOpen, 200, nest).items, 0);
    Seen seen;
    EXPECT_NE(feed_frame(plugin, Channel::kPublic, nest, seen), EB_OK);
  }
}

TEST(Hostile, EightMegabytesAreNotEvenRead) {
  const LoadedPlugin plugin;
  const std::string padded = std::string(kOrderCreated) + std::string(8U << 20, ' ');
  EXPECT_EQ(feed_answer(plugin, ExchangeOp::kOrderCreate, 201, padded).items, 0);
  Seen seen;
  EXPECT_EQ(feed_frame(plugin, Channel::kPublic, padded, seen), EB_ERR_TOO_LARGE);
  const std::string quoted = R"({"error":{"name":")" + std::string(8U << 20, 'x') + "\"}}";
  EXPECT_EQ(plugin.codec().decode(ExchangeOp::kOrderCreate, 400, {}, quoted).answer.meaning,
            Meaning::kUnknown);
}

TEST(Hostile, MoreElementsThanAnyRealAnswerHasAreRefused) {
  const LoadedPlugin plugin;
  const std::string one = R"({"currency":"KRW","balance":"1","locked":"0"})";
  std::string body = "[" + one;
  for (int i = 1; i < 10'001; ++i) body.append(",").append(one);
  body.append("]");
  EXPECT_EQ(feed_answer(plugin, ExchangeOp::kAccounts, 200, body).items, 0);
}

TEST(Hostile, InvalidUtf8IsNotAnAnswer) {
  const LoadedPlugin plugin;
  for (const std::string_view bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    std::string body(kOrderCreated);
    body.insert(body.find("bot-"), bad);
    EXPECT_EQ(feed_answer(plugin, ExchangeOp::kOrderCreate, 201, body).items, 0);
    std::string frame(kTickerFrame);
    frame.insert(frame.find("RISE"), bad);
    Seen seen;
    EXPECT_EQ(feed_frame(plugin, Channel::kPublic, frame, seen), EB_ERR_PARSE);
  }
}

TEST(Hostile, ImpossibleTimesAreRefused) {
  const LoadedPlugin plugin;
  for (const auto* time :
       {"2026-02-29T13:16:07+09:00", "2026-13-02T13:16:07+09:00", "2026-03-02T24:00:00+09:00",
        "2026-03-02T13:16:07", "2026-03-02 13:16:07+09:00", "2026-03-02T13:16:07+9",
        "2026-03-02T13:16:07.+09:00", "2026-03-02T13:16:07.1234567890+09:00",
        "9999-03-02T13:16:07Z", "2026-03-02T13:16:07Zx"}) {
    std::string body(kOrderCreated);
    const std::string_view right = "2026-03-02T13:16:07+09:00";
    body.replace(body.find(right), right.size(), time);
    EXPECT_EQ(plugin.codec().decode(ExchangeOp::kOrderCreate, 201, {}, body).answer.meaning,
              Meaning::kUnknown)
        << time;
  }
}

TEST(Hostile, ASinkThatRefusesEndsTheDecode) {
  const LoadedPlugin plugin;
  Seen seen;
  auto sink = counting_sink(seen);
  sink.account = [](void*, const eb_account*) -> eb_status { return EB_ERR_NO_MEMORY; };
  eb_exchange_answer answer{};
  answer.size = sizeof answer;
  answer.op = EB_OP_ACCOUNTS;
  answer.http_status = 200;
  answer.body = {reinterpret_cast<const std::uint8_t*>(kAccounts.data()), kAccounts.size()};
  EXPECT_EQ(plugin.table().decode(plugin.self(), &answer, &sink), EB_ERR_NO_MEMORY);
  EXPECT_EQ(seen.answers, 0);
}

TEST(Hostile, AnOlderHostWithAShorterSinkIsNotReadBeyondItsEnd) {
  const LoadedPlugin plugin;
  Seen seen;
  auto sink = counting_sink(seen);
  sink.size = offsetof(eb_exchange_sink, tick);
  const auto frame = kTickerFrame;
  EXPECT_EQ(plugin.table().ws_decode(
                plugin.self(), EB_CHANNEL_PUBLIC,
                {reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()}, &sink),
            EB_OK);
  EXPECT_EQ(seen.items, 0);
}

TEST(Hostile, ManyThreadsShareOneInstance) {
  const LoadedPlugin plugin;
  const auto codec = plugin.codec();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&codec] {
      for (int round = 0; round < 200; ++round) {
        const auto frame = codec.ws_decode(Channel::kPublic, kTickerFrame);
        ASSERT_TRUE(frame);
        ASSERT_EQ(frame->found.tickers.at(0).market, "KRW-BTC");
        const auto answer = codec.decode(ExchangeOp::kOrderGet, 200, {}, kOrderWithTrade);
        ASSERT_EQ(answer.found.fills.at(0).trade_uuid, "795dff29-bba6-49b2-baab-63473ab7931c");
        ASSERT_TRUE(codec.encode(ExchangeOp::kAccounts, {}, &kKeys, kNonce));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace everbit::test
