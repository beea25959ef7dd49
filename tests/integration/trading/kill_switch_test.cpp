#include "trading/control/kill_switch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <thread>

#include "integration/store/rows_fixture.h"
#include "integration/trading/exchange_side.h"
#include "support/commit_proxy.h"
#include "trading/control/control_watcher.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Deadline soon() { return Deadline::after(seconds(10)); }

bool eventually(const std::function<bool()>& holds) {
  const Deadline patience = Deadline::after(seconds(30));
  while (!patience.expired()) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return holds();
}

// One process: a flag of its own, on a state folder and a database that others may share.
struct Process {
  Process(store::OwnerId owner, store::Pool& pool, const StateFolder& folder)
      : kill_switch({pool, owner, flag, folder, clock, "EXTREME_FLIP"}) {
    (void)kill_switch.refresh(soon());
  }

  SystemClock clock;
  TradingSwitch flag{clock};
  KillSwitch kill_switch;
};

// The database has an owner whose switch is ON with EXTREME_FLIP enabled.
class KillSwitchTest : public testing::Test {
 protected:
  std::string row() const {
    return rows_.database().value(
        "SELECT concat_ws(' ', account_position, reason_code, "
        "CASE WHEN flatten_active THEN 'FLATTEN' END, enabled_strategies) FROM kill_switch");
  }
  std::string audits() const {
    return rows_.database().value(
        "SELECT string_agg(concat_ws(' ', actor, target, before_json, after_json), E'\\n' ORDER BY "
        "id) FROM audit_log");
  }
  static SwitchChange to(AccountPosition position) { return {position, {}}; }
  static SwitchChange strategy(const std::string& key, bool on) {
    return {{}, SwitchChange::Strategy{key, on}};
  }
  void touch(const std::string& name) const { std::ofstream(folder_ / name); }
  // Somebody else's change, behind the back of every process.
  void set_row(const std::string& position) const {
    rows_.database().sql("UPDATE kill_switch SET account_position = '" + position +
                         "', changed_at = clock_timestamp()");
  }

  test::TradingRows rows_;
  test::ScratchFolder folder_;
  const StateFolder state_{folder_ / "."};
  const Actor owner_{"owner", 7};
  std::unique_ptr<store::Pool> pool_ = rows_.database().make_pool();
  // Nobody listens there.
  store::Pool no_database_{{{"postgresql://nobody@127.0.0.1:9/none", "test"}, 1}};
};

TEST_F(KillSwitchTest, OffIsInMemoryFileRowAndAudit) {
  Process process(rows_.owner(), *pool_, state_);
  ASSERT_EQ(process.flag.position(), AccountPosition::kOn);
  const auto view = process.kill_switch.change(to(AccountPosition::kOff), owner_, soon());
  ASSERT_TRUE(view) << to_string(view.error());
  EXPECT_EQ(view->position, AccountPosition::kOff);
  EXPECT_TRUE(view->stored);
  EXPECT_EQ(view->changed_by, "owner");
  EXPECT_EQ(row(), "OFF OWNER [\"EXTREME_FLIP\"]");
  EXPECT_EQ(state_.read().state->restriction.position, AccountPosition::kOff);
  EXPECT_EQ(audits(),
            "owner account {\"position\": \"ON\"} {\"position\": \"OFF\", \"reasonCode\": "
            "\"OWNER\"}");
  ASSERT_TRUE(process.kill_switch.change(to(AccountPosition::kOff), owner_, soon()));
  EXPECT_EQ(rows_.database().value("SELECT count(*) FROM audit_log"), "1")
      << "what stands already is no change";
}

TEST_F(KillSwitchTest, WithoutADatabaseItStopsAtOnceAndStoresItLater) {
  Process process(rows_.owner(), *pool_, state_);
  Process cut_off(rows_.owner(), no_database_, state_);
  const auto view =
      cut_off.kill_switch.change(to(AccountPosition::kOff), {"cli:1000", 1000}, soon());
  ASSERT_TRUE(view) << to_string(view.error());
  EXPECT_FALSE(view->stored);
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
  process.kill_switch.read_files();
  EXPECT_EQ(process.flag.position(), AccountPosition::kOff) << "another process of the folder";
  EXPECT_FALSE(process.kill_switch.view().stored);

  Process restarted(rows_.owner(), *pool_, state_);
  EXPECT_EQ(restarted.flag.position(), AccountPosition::kOff) << "a crash must not forget it";
  EXPECT_EQ(row(), "OFF OWNER [\"EXTREME_FLIP\"]");
  EXPECT_TRUE(restarted.kill_switch.view().stored);
  EXPECT_TRUE(audits().starts_with("cli:1000 account")) << audits();
}

TEST_F(KillSwitchTest, ExitsOnlyAndAStrategyAreOrderedWithoutADatabaseToo) {
  Process cut_off(rows_.owner(), no_database_, state_);
  ASSERT_TRUE(cut_off.kill_switch.change(to(AccountPosition::kExitsOnly), owner_, soon()));
  ASSERT_TRUE(cut_off.kill_switch.change(strategy("EXTREME_FLIP", false), owner_, soon()));
  Process process(rows_.owner(), *pool_, state_);
  EXPECT_EQ(row(), "EXITS_ONLY OWNER []");
  EXPECT_FALSE(process.flag.permits(IntentType::kExitTp, "EXTREME_FLIP"));
  EXPECT_TRUE(process.flag.permits(IntentType::kExitManual, "EXTREME_FLIP"));
}

TEST_F(KillSwitchTest, TowardsMoreNeedsTheDatabase) {
  Process cut_off(rows_.owner(), no_database_, state_);
  const auto on = cut_off.kill_switch.change(to(AccountPosition::kOn), owner_, soon());
  ASSERT_FALSE(on);
  EXPECT_TRUE(on.error().code.starts_with("DB_")) << on.error().code;
  EXPECT_FALSE(cut_off.kill_switch.change(strategy("EXTREME_FLIP", true), owner_, soon()));
  EXPECT_FALSE(cut_off.kill_switch.begin_flatten(owner_, soon()));
}

TEST_F(KillSwitchTest, OnSupersedesAnOrderThatWasNeverStored) {
  Process cut_off(rows_.owner(), no_database_, state_);
  ASSERT_TRUE(cut_off.kill_switch.change(to(AccountPosition::kOff), owner_, soon()));
  Process process(rows_.owner(), no_database_, state_);
  KillSwitch with_database({*pool_, rows_.owner(), process.flag, state_, process.clock, "X"});
  const auto on = with_database.change(to(AccountPosition::kOn), owner_, soon());
  ASSERT_TRUE(on) << to_string(on.error());
  EXPECT_EQ(on->position, AccountPosition::kOn);
  ASSERT_TRUE(with_database.refresh(soon()));
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
}

TEST_F(KillSwitchTest, ABlockTheOwnersFileAndAnotherAccountKeepItFromGoingOn) {
  Process process(rows_.owner(), *pool_, state_);
  auto& kill_switch = process.kill_switch;
  ASSERT_TRUE(kill_switch.change(to(AccountPosition::kOff), owner_, soon()));
  const auto refusal = [&](const SwitchChange& change) {
    const auto done = kill_switch.change(change, owner_, soon());
    return done ? std::string() : done.error().code;
  };
  touch("kill-switch.off");
  EXPECT_EQ(refusal(to(AccountPosition::kOn)), "KILL_FILE_PRESENT");
  EXPECT_EQ(refusal(to(AccountPosition::kExitsOnly)), "KILL_FILE_PRESENT");
  EXPECT_EQ(kill_switch.begin_flatten(owner_, soon()).error().code, "KILL_FILE_PRESENT");
  std::filesystem::remove(state_.owner_file());

  rows_.database().sql("INSERT INTO exchange_block (owner_id, side, blocked_until) VALUES (" +
                       rows_.owner_text() + ", 'exchange', now() + interval '1 min')");
  EXPECT_EQ(refusal(to(AccountPosition::kExitsOnly)), "UPBIT_BLOCKED_418");
  rows_.database().sql("DELETE FROM exchange_block");

  rows_.database().sql(
      "INSERT INTO upbit_key (owner_id, access_key_enc, secret_key_enc, key_version, verify_error) "
      "VALUES (" +
      rows_.owner_text() + ", '', '', 1, 'ACCOUNT_CHANGED')");
  EXPECT_EQ(refusal(to(AccountPosition::kOn)), "ACCOUNT_CHANGED");
  rows_.database().sql("UPDATE upbit_key SET account_confirmed = true");
  EXPECT_EQ(refusal(to(AccountPosition::kOn)), "");
  EXPECT_EQ(row(), "ON OWNER [\"EXTREME_FLIP\"]");
}

TEST_F(KillSwitchTest, OldDataUnderneathDoesNotBringTradingBack) {
  {
    Process process(rows_.owner(), *pool_, state_);
    ASSERT_TRUE(process.kill_switch.change(to(AccountPosition::kOff), owner_, soon()));
  }
  // A dump of yesterday, put back by hand.
  rows_.database().sql(
      "UPDATE kill_switch SET account_position = 'ON', changed_at = now() - interval '1 day'");
  Process process(rows_.owner(), *pool_, state_);
  EXPECT_EQ(process.flag.position(), AccountPosition::kOff);
  EXPECT_TRUE(row().starts_with("OFF")) << row();
}

TEST_F(KillSwitchTest, AnotherProcesssChangeOfTheRowLiftsWhatIsStored) {
  Process process(rows_.owner(), *pool_, state_);
  ASSERT_TRUE(process.kill_switch.change(to(AccountPosition::kOff), owner_, soon()));
  set_row("ON");
  ASSERT_TRUE(process.kill_switch.refresh(soon()));
  EXPECT_EQ(process.flag.position(), AccountPosition::kOn);
}

TEST_F(KillSwitchTest, AMistypedStrategyLeavesNothingOrdered) {
  Process process(rows_.owner(), *pool_, state_);
  const auto done = process.kill_switch.change(strategy("EXTREM_FLIP", false), owner_, soon());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "STRATEGY_UNKNOWN");
  EXPECT_TRUE(process.flag.orders().is_empty());
  EXPECT_EQ(process.flag.position(), AccountPosition::kOn);
}

TEST_F(KillSwitchTest, AnUndecidedCommitOfOffStaysOrdered) {
  test::CommitProxy proxy(rows_.database().port());
  store::PoolSettings through{rows_.database().settings(), 2};
  through.connect.dsn += " sslmode=disable port=" + std::to_string(proxy.port());
  store::Pool pool(through);
  Process process(rows_.owner(), pool, state_);
  proxy.set_fault(test::CommitProxy::Fault::kCutBefore);
  const auto off = process.kill_switch.change(to(AccountPosition::kOff), owner_, soon());
  ASSERT_TRUE(off) << to_string(off.error());
  EXPECT_FALSE(off->stored);
  EXPECT_EQ(off->position, AccountPosition::kOff);
  proxy.set_fault(test::CommitProxy::Fault::kNone);
  EXPECT_TRUE(eventually(
      [&] { return process.kill_switch.refresh(soon()) && process.kill_switch.view().stored; }));
  EXPECT_TRUE(row().starts_with("OFF")) << row();
}

TEST_F(KillSwitchTest, WhatSwitchesByItselfNeverSwitchesBack) {
  Process process(rows_.owner(), *pool_, state_);
  process.kill_switch.tighten(AccountPosition::kExitsOnly, "DAILY_LOSS");
  EXPECT_EQ(row(), "EXITS_ONLY DAILY_LOSS [\"EXTREME_FLIP\"]");
  ASSERT_TRUE(process.kill_switch.change(to(AccountPosition::kOff), owner_, soon()));
  process.kill_switch.tighten(AccountPosition::kExitsOnly, "DAILY_LOSS");
  EXPECT_EQ(row(), "OFF OWNER [\"EXTREME_FLIP\"]");
}

TEST_F(KillSwitchTest, AFlattenIsExitsOnlyAndEndsWithTheNextPosition) {
  Process process(rows_.owner(), *pool_, state_);
  auto& kill_switch = process.kill_switch;
  ASSERT_TRUE(kill_switch.begin_flatten(owner_, soon()));
  EXPECT_EQ(row(), "EXITS_ONLY OWNER FLATTEN [\"EXTREME_FLIP\"]");
  EXPECT_TRUE(process.flag.flatten_active());
  ASSERT_TRUE(kill_switch.change(to(AccountPosition::kExitsOnly), owner_, soon()));
  EXPECT_TRUE(process.flag.flatten_active()) << "EXITS_ONLY is what a flatten is";
  ASSERT_TRUE(kill_switch.end_flatten(owner_, soon()));
  EXPECT_EQ(row(), "EXITS_ONLY OWNER [\"EXTREME_FLIP\"]");
  ASSERT_TRUE(kill_switch.begin_flatten(owner_, soon()));
  ASSERT_TRUE(kill_switch.change(to(AccountPosition::kOn), owner_, soon()));
  EXPECT_FALSE(process.flag.flatten_active());
}

TEST_F(KillSwitchTest, TheWatcherObeysAFileAtOnceAndTheRowSoon) {
  Process process(rows_.owner(), *pool_, state_);
  ControlWatcher watcher(process.kill_switch, state_);
  ASSERT_TRUE(eventually([&] { return process.flag.position() == AccountPosition::kOn; }));
  touch("kill-switch.off");
  EXPECT_TRUE(eventually([&] { return process.flag.position() == AccountPosition::kOff; }));
  EXPECT_EQ(process.kill_switch.view().reason_code, "KILL_FILE_PRESENT");
  EXPECT_TRUE(eventually([&] { return audits().find("kill-switch.off") != std::string::npos; }));
  EXPECT_TRUE(row().starts_with("ON")) << "the file is the owner's, the row says what it said";
  std::filesystem::remove(state_.owner_file());
  EXPECT_TRUE(eventually([&] { return process.flag.position() == AccountPosition::kOn; }));
  set_row("EXITS_ONLY");
  EXPECT_TRUE(eventually([&] { return process.flag.position() == AccountPosition::kExitsOnly; }));
}

TEST_F(KillSwitchTest, ASilentDatabaseCountsAsOffAndTheFilesAreStillRead) {
  store::Pool pool({rows_.database().settings(), 1});
  Process process(rows_.owner(), pool, state_);
  ControlWatcher watcher(process.kill_switch, state_);
  ASSERT_TRUE(eventually([&] { return process.flag.position() == AccountPosition::kOn; }));
  pool.close();
  EXPECT_TRUE(eventually([&] { return process.flag.is_stale(); }));
  EXPECT_EQ(process.flag.position(), AccountPosition::kOff);
  touch("kill-switch.off");
  EXPECT_TRUE(
      eventually([&] { return process.kill_switch.view().reason_code == "KILL_FILE_PRESENT"; }));
}

}  // namespace
}  // namespace everbit::trading
