#include <gmock/gmock.h>

#include "integration/daemon/daemon.h"

namespace everbit::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

// Settings are judged before anything is opened.
class WrongSettings : public DaemonTest {
 protected:
  void expect_refused_with(const std::string& complaint) {
    const Refusal refusal = start_refused();
    EXPECT_EQ(refusal.status, kUsage);
    EXPECT_THAT(refusal.output, HasSubstr(complaint));
    EXPECT_THAT(refusal.output, Not(HasSubstr("ops_listening")));
    EXPECT_EQ(database_.value("SELECT count(*) FROM app_user"), "0");
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "data"));
  }

  std::string place_of(std::string_view text) const {
    return settings_file_.string() + ":" + std::to_string(line_of(text)) + ": ";
  }
};

TEST_F(WrongSettings, MisspeltKeyIsNamedWithItsLineAndNotIgnored) {
  write_settings("\nrisk.maxOpenMarket = 1\n");
  expect_refused_with(place_of("maxOpenMarket") +
                      "risk.maxOpenMarket: unknown key; did you mean risk.maxOpenMarkets?");
}

TEST_F(WrongSettings, ValueOfAnotherTypeIsNamedWithItsLine) {
  write_settings("\nexecution.maxOrderAttempts = \"three\"\n");
  expect_refused_with(place_of("maxOrderAttempts") + "execution.maxOrderAttempts: ");
}

TEST_F(WrongSettings, EveryMistakeIsToldAtOnce) {
  write_settings("\nrisk.maxOpenMarket = 1\nexecution.maxOrderAttempts = true\n");
  const Refusal refusal = start_refused();
  EXPECT_EQ(refusal.status, kUsage);
  EXPECT_THAT(refusal.output, HasSubstr(place_of("maxOpenMarket")));
  EXPECT_THAT(refusal.output, HasSubstr(place_of("maxOrderAttempts")));
}

TEST_F(WrongSettings, RealTradingWithoutASecretKeyDoesNotStart) {
  environment_.erase("UPBIT_SECRET_KEY_FILE");
  expect_refused_with(settings_file_.string() +
                      ": exchange.secretKey: mode REAL needs the secret UPBIT_SECRET_KEY");
}

TEST_F(WrongSettings, SecretFileThatOthersMayReadIsRefused) {
  using std::filesystem::perms;
  std::filesystem::permissions(folder_ / "secret-key", perms::owner_read | perms::others_read);
  expect_refused_with(": UPBIT_SECRET_KEY: the file is readable by others");
}

TEST_F(WrongSettings, MissingFileIsNamed) {
  std::filesystem::remove(settings_file_);
  expect_refused_with(settings_file_.string() + ": ");
}

class EmptyDatabase : public DaemonTest {
 protected:
  EmptyDatabase() : DaemonTest(TestDatabase::Schema::kEmpty) {}
};

TEST_F(EmptyDatabase, DaemonAsksForMigrateAndMakesNoTableItself) {
  const Refusal refusal = start_refused();
  EXPECT_EQ(refusal.status, kFailed);
  EXPECT_THAT(refusal.output, HasSubstr("run everbit migrate"));
  EXPECT_EQ(database_.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

using MigratedDatabase = DaemonTest;

TEST_F(MigratedDatabase, MigrationEditedAfterItRanIsNamed) {
  database_.sql("UPDATE schema_migration SET sha256 = repeat('0', 64) WHERE name LIKE '0003%'");
  const Refusal refusal = start_refused();
  EXPECT_EQ(refusal.status, kFailed);
  EXPECT_THAT(refusal.output, HasSubstr("MIGRATION_EDITED"));
  EXPECT_THAT(refusal.output, HasSubstr("0003_strategy.sql was edited after it was applied"));
  EXPECT_EQ(rows_of_a_start(), 0);
}

// The strategy is spoilt: it is loaded last, when the most could be half done.
class WrongPlugin : public DaemonTest {
 protected:
  static constexpr std::string_view kStrategy = "kr.everbit.extreme-flip";
  static constexpr std::string_view kBuilt = "plugins/strategy-extreme-flip.so";

  // One of the plugins that are broken in one way each.
  void trade_with_fixture(const std::string& name) {
    install("kr.everbit.test.broken", "strategy",
            "tests/unit/plugins/fixtures/fixture-" + name + ".so");
    write_settings("\nstrategy.plugin = \"kr.everbit.test.broken\"\n");
  }

  void expect_refused_with(const std::string& code, const std::string& detail) {
    const Refusal refusal = start_refused();
    EXPECT_EQ(refusal.status, kFailed);
    EXPECT_THAT(refusal.output, HasSubstr(code));
    EXPECT_THAT(refusal.output, HasSubstr(detail));
    EXPECT_EQ(rows_of_a_start(), 0);
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "data"));
  }
};

TEST_F(WrongPlugin, IdThatTheLockDoesNotListIsRefused) {
  plugins_.erase(plugins_.find(kStrategy));
  write_lock();
  expect_refused_with("PLUGIN_NOT_LISTED", std::string(kStrategy));
}

TEST_F(WrongPlugin, FileChangedAfterItWasListedIsRefused) {
  const auto listed = stored(kStrategy);
  const auto sha256 = plugins_.find(kStrategy)->second.sha256;
  install(kStrategy, "strategy", kBuilt, [](auto& bytes) { bytes += "x"; });
  std::filesystem::rename(stored(kStrategy), listed);
  plugins_.find(kStrategy)->second.sha256 = sha256;
  write_lock();
  expect_refused_with("PLUGIN_UNLISTED", listed.filename());
}

TEST_F(WrongPlugin, TruncatedFileIsRefusedEvenWhenListed) {
  install(kStrategy, "strategy", kBuilt, [](auto& bytes) { bytes.resize(bytes.size() / 2); });
  expect_refused_with("PLUGIN_TRUNCATED", stored(kStrategy).filename());
}

TEST_F(WrongPlugin, ExchangeInPlaceOfAStrategyIsRefused) {
  install(kStrategy, "strategy", "plugins/exchange-upbit.so", [](auto& bytes) { bytes += "x"; });
  expect_refused_with("PLUGIN_KIND", "it is of kind exchange, wanted is strategy");
}

TEST_F(WrongPlugin, FileOfAnotherGenerationIsRefused) {
  trade_with_fixture("generation-2");
  expect_refused_with("PLUGIN_ABI_GENERATION", "eb_plugin_entry_v2");
}

TEST_F(WrongPlugin, FileThatExportsMoreThanItsEntryIsRefused) {
  trade_with_fixture("exports-more");
  expect_refused_with("PLUGIN_EXPORTS", "someone_elses_name");
}

TEST_F(WrongPlugin, CrashInItsEntryDoesNotTakeTheDaemonWithIt) {
  trade_with_fixture("crash-entry");
  expect_refused_with("PLUGIN_CRASHED", "it crashes while it is loaded");
}

TEST_F(WrongPlugin, MissingFileIsNamed) {
  std::filesystem::remove(stored(kStrategy));
  expect_refused_with("PLUGIN_OPEN", stored(kStrategy).filename());
}

class WrongCertificate : public WrongPlugin {
 protected:
  void expect_uncertified(const std::string& why) {
    expect_refused_with("NO_CERTIFICATE", why);
    expect_refused_with("Run as root: everbit verify " + stored(kStrategy).string(), why);
  }
};

TEST_F(WrongCertificate, StrategyThatNobodyVerifiedTradesNoMoney) {
  std::filesystem::remove(certificate(kStrategy));
  expect_uncertified("does not exist");
}

TEST_F(WrongCertificate, CertificateOfAnotherFileIsWorthNothing) {
  const std::string sha256 = plugins_.find(kStrategy)->second.sha256;
  certify(kStrategy, [&](std::string& json) {
    json.replace(json.find(sha256), sha256.size(), std::string(64, 'a'));
  });
  expect_uncertified("is that of another file");
}

TEST_F(WrongCertificate, CertificateWithoutAPassedCheckIsRefused) {
  certify(kStrategy, [](std::string& json) {
    const std::string passed = R"("restore":{"passed":true})";
    json.replace(json.find(passed), passed.size(), R"("restore":{"passed":false})");
  });
  expect_uncertified("does not show that the check restore was passed");
}

// No money depends on it there: the log says so.
TEST_F(WrongCertificate, PaperRunsWithoutOne) {
  std::filesystem::remove(certificate(kStrategy));
  install("kr.everbit.exchange-paper", "exchange", "plugins/exchange-paper.so");
  mode_ = "PAPER";
  write_settings();
  const auto daemon = start();
  EXPECT_TRUE(daemon->wait_for_log("strategy_not_certified")) << daemon->output();
  EXPECT_THAT(daemon->output(), Not(HasSubstr("NO_CERTIFICATE")));
}

}  // namespace
}  // namespace everbit::test
