#include <gmock/gmock.h>

#include <random>

#include "unit/exchange-paper/paper_plugin.h"

namespace everbit::test {
namespace {

using testing::HasSubstr;

std::string refusal(const Settings& settings, eb_status expected) {
  ExchangeModule module(EVERBIT_EXCHANGE_PAPER);
  eb_plugin plugin{};
  EXPECT_EQ(module.create(settings, plugin), expected);
  return module.last_error();
}

Settings with(const std::string& key, const std::string& value) {
  Settings settings = kPaperSettings;
  settings[key] = value;
  return settings;
}

// As the daemon makes an exchange in mode REAL.
TEST(PaperAbi, WithoutAnAccountItIsNoExchangeSoThatNoRealOrderEndsHere) {
  EXPECT_THAT(refusal({}, EB_ERR_ARGUMENT), HasSubstr("mode PAPER"));
}

// As the daemon makes an exchange in mode PAPER.
TEST(PaperAbi, TheRealExchangeTakesNoSimulatedAccount) {
  ExchangeModule upbit(EVERBIT_EXCHANGE_UPBIT);
  eb_plugin plugin{};
  EXPECT_EQ(upbit.create(kPaperSettings, plugin), EB_ERR_UNKNOWN_KEY);
  ASSERT_EQ(upbit.create({}, plugin), EB_OK);
  const std::string_view id = EB_EXT_EXCHANGE_LOCAL;
  EXPECT_EQ(plugin.get_extension(plugin.self_plug, {id.data(), id.size()}), nullptr);
  plugin.destroy(plugin.self_plug);
}

TEST(PaperAbi, SettingsThatMakeNoSenseAreNamed) {
  EXPECT_THAT(refusal(with("feerate", "1"), EB_ERR_UNKNOWN_KEY), HasSubstr("feerate"));
  EXPECT_THAT(refusal(with("account", "short"), EB_ERR_ARGUMENT), HasSubstr("account"));
  EXPECT_THAT(refusal(with("fee_rate", "1"), EB_ERR_RANGE), HasSubstr("fee_rate"));
  EXPECT_THAT(refusal(with("fee_rate", "-0.1"), EB_ERR_RANGE), HasSubstr("fee_rate"));
  EXPECT_THAT(refusal(with("start_krw", "0"), EB_ERR_RANGE), HasSubstr("start_krw"));
  (void)refusal(with("min_total", "five"), EB_ERR_PARSE);
}

TEST(PaperAbi, BeforeItsStartItServesNobody) {
  PaperPlugin paper;
  EXPECT_THROW((void)paper.balance("KRW"), std::runtime_error);
  EXPECT_THROW(paper.book({{"2", "1"}}, {{"1", "1"}}), std::runtime_error);
  paper.start();
  EXPECT_EQ(paper.balance("KRW"), "10000000 + 0");
  EXPECT_EQ(paper.load(paper.save()), EB_ERR_STATE) << "money replaced while it is traded";
}

TEST(PaperAbi, BrokenFramesChangeNothingAndOtherStreamsArePassedOver) {
  PaperPlugin paper;
  paper.start();
  paper.book({{"100000000", "1"}}, {{"99900000", "1"}});
  (void)paper.taken(limit_order("bid", "99900000", "0.001"));
  const std::string before = paper.save();
  for (const char* frame :
       {"", "{", "[]", R"({"type":"orderbook","code":"KRW-BTC"})",
        R"({"type":"orderbook","code":"KRW-BTC","orderbook_units":[{"ask_price":"x"}]})",
        R"({"type":"trade","code":"KRW-BTC","trade_price":1})"}) {
    EXPECT_THROW(paper.observe(frame), std::runtime_error) << frame;
  }
  for (const char* frame : {R"({"type":"ticker","code":"KRW-BTC","trade_price":1})",
                            R"({"status":"UP"})", R"({"type":"candle.1m"})"}) {
    EXPECT_NO_THROW(paper.observe(frame)) << frame;
  }
  EXPECT_EQ(paper.save(), before);
}

TEST(PaperAbi, BytesOfAFrameTurnedAroundNeverMoveMoney) {
  std::mt19937 random(11);
  PaperPlugin paper;
  paper.start();
  const std::string good =
      R"({"type":"orderbook","code":"KRW-BTC","orderbook_units":[{"ask_price":100000000,)"
      R"("bid_price":99900000,"ask_size":1.5,"bid_size":2.25}],"timestamp":1772424967400})";
  const std::string before = paper.save();
  for (int i = 0; i < 20'000; ++i) {
    std::string frame = good.substr(0, i % 5 == 0 ? random() % good.size() : good.size());
    for (int n = 0; n < 3 && !frame.empty(); ++n) {
      frame[random() % frame.size()] = static_cast<char>(random());
    }
    try {
      paper.observe(frame);
    } catch (const std::runtime_error&) {
      continue;
    }
  }
  EXPECT_EQ(paper.save(), before);
}

}  // namespace
}  // namespace everbit::test
