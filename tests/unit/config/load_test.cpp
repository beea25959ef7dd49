#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace everbit::config {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Secrets all_secrets() {
  Secrets secrets;
  secrets.found["DATABASE_URL"] = Secret("postgresql://everbit:pw-of-the-database@db/everbit");
  secrets.found["UPBIT_ACCESS_KEY"] = Secret("access-key-of-the-owner");
  secrets.found["UPBIT_SECRET_KEY"] = Secret("secret-key-of-the-owner");
  return secrets;
}

std::vector<std::string> problems_of(std::string_view toml,
                                     const Secrets& secrets = all_secrets()) {
  std::vector<std::string> texts;
  const auto loaded = load_settings_text(toml, "everbit.toml", secrets);
  for (const ConfigProblem& problem : loaded.problems) texts.push_back(to_string(problem));
  EXPECT_EQ(loaded.settings.has_value(), texts.empty());
  return texts;
}

TEST(LoadSettings, AnEmptyFileGivesTheDocumentedDefaults) {
  const auto loaded = load_settings_text("", "everbit.toml", all_secrets());
  ASSERT_TRUE(loaded.settings);
  const Settings& s = *loaded.settings;
  EXPECT_EQ(s.mode, TradingMode::kPaper);
  EXPECT_EQ(s.roles.size(), 5U);
  EXPECT_EQ(s.ops.listen.to_string(), "127.0.0.1:9464");
  EXPECT_EQ(s.execution.max_order_attempts, 5);
  EXPECT_EQ(s.execution.send_by, std::chrono::seconds(2));
  EXPECT_EQ(s.candles.grace, std::chrono::milliseconds(1000));
  EXPECT_EQ(s.strategy.timeframe.text(), "15m");
  EXPECT_EQ(s.database.url.reveal(), "postgresql://everbit:pw-of-the-database@db/everbit");
  EXPECT_TRUE(s.plugins.require_root_owner);
}

TEST(LoadSettings, ReadsEveryKindOfValue) {
  const auto loaded = load_settings_text(R"(
mode = "REAL"
roles = ["trader", "relay"]
[risk]
maxDailyLossKrw = "50000.5"
maxOrderKrw = 20_000
[strategy]
timeframe = "1m"
macroTimeframe = "5m"
longTimeframe = "15m"
[[strategy.markets]]
code = "KRW-ETH"
priority = 2
[[strategy.markets]]
code = "KRW-BTC"
enabled = false
[strategy.params]
maxOpenMarkets = 3
downtrend.requireCapitulation = true
rsi = 28.5
)",
                                         "everbit.toml", all_secrets());
  ASSERT_TRUE(loaded.settings) << to_string(loaded.problems.at(0));
  const Settings& s = *loaded.settings;
  EXPECT_EQ(s.mode, TradingMode::kReal);
  EXPECT_TRUE(s.has_role(Role::kTrader));
  EXPECT_FALSE(s.has_role(Role::kApi));
  EXPECT_EQ(s.risk.max_daily_loss_krw, Decimal::of("50000.5"));
  ASSERT_EQ(s.strategy.markets.size(), 2U);
  EXPECT_EQ(s.strategy.markets[0].code, "KRW-ETH");
  EXPECT_EQ(s.strategy.markets[0].priority, 2);
  EXPECT_FALSE(s.strategy.markets[1].enabled);
  EXPECT_EQ(s.strategy.params.at("downtrend.requireCapitulation"), "true");
  EXPECT_EQ(s.strategy.params.at("rsi"), "28.5");
  EXPECT_EQ(s.strategy.params.at("maxOpenMarkets"), "3");
}

TEST(LoadSettings, NamesAnUnknownKeyAndTheOneThatWasMeant) {
  EXPECT_THAT(problems_of("\n[risk]\nmaxOpenMarket = 3\n"),
              ElementsAre("everbit.toml:3: risk.maxOpenMarket: unknown key; did you mean "
                          "risk.maxOpenMarkets?"));
  EXPECT_THAT(problems_of("moed = \"REAL\""), ElementsAre(HasSubstr("did you mean mode?")));
  EXPECT_THAT(problems_of("[kafka]\nbrokers = 1"),
              ElementsAre("everbit.toml:1: kafka: unknown key"));
  EXPECT_THAT(problems_of("roles.trader = true"), ElementsAre(HasSubstr("roles: expected a list")));
  EXPECT_THAT(problems_of("exchange = 3"), ElementsAre(HasSubstr("exchange: expected a section")));
}

TEST(LoadSettings, CollectsEveryMistakeWithItsLine) {
  EXPECT_THAT(
      problems_of(R"(mode = "LIVE"
[execution]
maxOrderAttempts = "5"
sendBySeconds = 60
[ops]
listen = "0.0.0.0:9464"
hosts = ["Evil Host"]
[strategy]
timeframe = "20m"
[risk]
minOrderKrw = 4999
)"),
      ElementsAre("everbit.toml:1: mode: expected REAL or PAPER",
                  "everbit.toml:3: execution.maxOrderAttempts: expected a whole number, got "
                  "text",
                  "everbit.toml:4: execution.sendBySeconds: must be at most 5",
                  "everbit.toml:6: ops.listen: the address is neither loopback nor private",
                  "everbit.toml:7: ops.hosts: expected a host name in lower case",
                  "everbit.toml:11: risk.minOrderKrw: must be at least 5000"));
}

TEST(LoadSettings, ChecksTimeframesAgainstEachOther) {
  EXPECT_THAT(problems_of("[strategy]\ntimeframe = \"7m\""),
              ElementsAre(HasSubstr("strategy.macroTimeframe: must be longer than")));
  EXPECT_THAT(problems_of("[strategy]\nlongTimeframe = \"4h\""),
              ElementsAre(HasSubstr("everbit.toml:2: strategy.longTimeframe: must be longer")));
  EXPECT_THAT(problems_of("[strategy]\ntimeframe = \"soon\""),
              ElementsAre(HasSubstr("everbit.toml:2: strategy.timeframe: a timeframe is written")));
}

TEST(LoadSettings, RefusesMarketsThatCannotBe) {
  for (const char* markets :
       {"[{ code = \"BTC-ETH\" }]", "[{ code = \"KRW-btc\" }]", "[{ priority = 1 }]",
        "[\"KRW-BTC\"]", "[{ code = \"KRW-BTC\" }, { code = \"KRW-BTC\" }]",
        "[{ code = \"KRW-BTC\", prio = 1 }]", "[{ code = \"KRW-BTC\", priority = -1 }]",
        "\"KRW-BTC\""}) {
    EXPECT_EQ(problems_of("[strategy]\nmarkets = " + std::string(markets)).size(), 1U) << markets;
  }
}

TEST(LoadSettings, AMissingSecretIsNamedWithWhereToPutIt) {
  EXPECT_THAT(problems_of("mode = \"REAL\"", Secrets{}),
              AllOf(Contains(HasSubstr("database.url: missing")),
                    Contains(HasSubstr("needs the secret UPBIT_ACCESS_KEY")),
                    Contains(HasSubstr("needs the secret UPBIT_SECRET_KEY"))));
  Secrets database;
  database.found["DATABASE_URL"] = Secret("postgresql://h/d");
  EXPECT_THAT(problems_of("mode = \"PAPER\"", database), ElementsAre());
  EXPECT_THAT(problems_of("mode = \"REAL\"\nroles = [\"api\"]", database), ElementsAre());
}

TEST(LoadSettings, ASecretInTheFileIsRefusedAndNotRepeated) {
  const std::string texts = testing::PrintToString(problems_of(R"(
[exchange]
accessKey = "abcdefghijkl"
secretKey = "mnopqrstuvwx"
[database]
url = "postgresql://everbit:opensesame@db/everbit"
password = "opensesame"
[redis]
url = "redis://:opensesame@db"
)"));
  EXPECT_THAT(texts, AllOf(HasSubstr("everbit.toml:3"), HasSubstr("everbit.toml:4"),
                           HasSubstr("everbit.toml:6"), HasSubstr("everbit.toml:7"),
                           HasSubstr("everbit.toml:9")));
  for (const char* leak : {"abcdef", "mnopqr", "opensesame"}) {
    EXPECT_EQ(texts.find(leak), std::string::npos);
  }
}

TEST(LoadSettings, SecretsNeverStandAmongTheEffectiveValues) {
  const auto loaded = load_settings_text("", "everbit.toml", all_secrets());
  for (const auto& [key, value] : loaded.settings->effective) {
    EXPECT_EQ(value.find("of-the-"), std::string::npos) << key;
  }
}

TEST(LoadSettings, BrokenTomlNamesItsLine) {
  EXPECT_THAT(problems_of("mode = \"REAL\"\n[risk\n"), ElementsAre(HasSubstr("everbit.toml:2")));
  EXPECT_THAT(problems_of("mode = 1\nmode = 2"), ElementsAre(HasSubstr("everbit.toml:2")));
  EXPECT_THAT(problems_of("at = 2026-01-01"), ElementsAre(HasSubstr("dates")));
  EXPECT_THAT(problems_of("mode = \"\xFF\""), ElementsAre(HasSubstr("everbit.toml:1")));
}

// The parser itself would end the process on these.
TEST(LoadSettings, TextThatIsNotUtf8NamesItsLine) {
  for (const std::string cut :
       {"\xEC\x84", "\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    for (const std::string around : {"# ", "x = \"", "x = '''", ""}) {
      EXPECT_THAT(problems_of("# 설정\n" + around + cut), ElementsAre("everbit.toml:2: not UTF-8"));
    }
  }
}

TEST(LoadSettings, NestingThatWouldOverflowTheStackIsRefused) {
  std::string dots = "a";
  for (int i = 0; i < 50'000; ++i) dots += ".a";
  for (const std::string& text :
       {dots + " = 1", "[" + dots + "]", R"(x = {s = """y"""", )" + dots + " = 1}"}) {
    EXPECT_THAT(problems_of("\n" + text), ElementsAre("everbit.toml:2: too many dots"));
  }
  EXPECT_THAT(problems_of("x = " + std::string(50'000, '[')),
              ElementsAre(HasSubstr("everbit.toml:1: ")));
  EXPECT_THAT(problems_of(std::string(300'000, '\n')), ElementsAre(HasSubstr("larger than")));
}

TEST(LoadSettings, TheDeepestNestingThatPassesIsFreedAgain) {
  std::string deep = "x = 1";
  std::string parts = "a";
  for (int i = 0; i < 64; ++i) parts += ".a";
  for (int i = 0; i < 31; ++i) deep.insert(0, parts + " = [\n{").append("}]");
  EXPECT_THAT(problems_of("[" + parts + "]\n" + deep), testing::SizeIs(1));
}

// toml++ takes for impossible that such a character comes, and lets undefined behaviour follow.
TEST(LoadSettings, OtherThanAsciiOutsideQuotesAndCommentsIsRefused) {
  for (const char* text : {"[ď", "ď = 1", "x\u3000= 1", "x = 4'ç'", "x = 4.'ç'", "x = 4 \"ç\"",
                           "x = 'a' 'ç'", "x=1k[[{\"\u0465\x06"}) {
    EXPECT_THAT(problems_of(text), ElementsAre(testing::StartsWith("everbit.toml:1: "))) << text;
  }
  EXPECT_THAT(problems_of("\uFEFF# 설정\nops.hosts = [\"설정\", '설정', '''설정''']\n"),
              testing::Each(testing::Not(HasSubstr("everbit.toml:1"))));
}

TEST(LoadSettings, ATableWithoutANameIsRefusedInEveryBuild) {
  for (const char* header : {"[#", "[[#]]", "[=]", "[,x]\n", "[[ \x15"}) {
    EXPECT_THAT(problems_of(std::string("x = 1\n\n") + header),
                ElementsAre(testing::StartsWith("everbit.toml:3: ")));
  }
}

TEST(LoadSettings, BracketsInsideTextAreNoNestingAndDotsOfACommentNoKey) {
  const std::string brackets(100, '[');
  const std::string text = "  # " + std::string(100, '.') + "\nops.hosts = [\"a\\\"" + brackets +
                           "\", 'b\\', '''c\n'" + brackets + "''']\n";
  for (const std::string& problem : problems_of(text)) {
    EXPECT_THAT(problem,
                testing::AllOf(testing::Not(HasSubstr("nest")), testing::Not(HasSubstr("dots"))));
  }
}

TEST(LoadSettings, AFileThatIsNotThereIsOneClearProblem) {
  const auto loaded = load_settings("/nonexistent/everbit.toml", all_secrets());
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_THAT(to_string(loaded.problems[0]), HasSubstr("/nonexistent/everbit.toml: cannot open"));
}

TEST(ParseRoles, TakesTheCommandLineForm) {
  EXPECT_THAT(*parse_roles("trader,api,trader"), ElementsAre(Role::kTrader, Role::kApi));
  EXPECT_FALSE(parse_roles(""));
  EXPECT_FALSE(parse_roles("trader,"));
  EXPECT_FALSE(parse_roles("Trader"));
}

}  // namespace
}  // namespace everbit::config
