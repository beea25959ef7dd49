#include "trading/control/kill_switch.h"

#include <algorithm>

#include "base/log.h"

namespace everbit::trading {
namespace {

using store::Sql;
using store::TradingTransaction;

constexpr std::chrono::seconds kTightenBudget{2};
constexpr std::chrono::seconds kStoreAgain{1};

constexpr Sql kReadBlock{R"sql(
  SELECT max(blocked_until) FROM exchange_block
  WHERE owner_id = $1 AND side = 'exchange' AND blocked_until > now())sql"};

constexpr Sql kAccountChanged{R"sql(
  SELECT 1 FROM upbit_key
  WHERE owner_id = $1 AND verify_error = 'ACCOUNT_CHANGED' AND NOT account_confirmed)sql"};

constexpr Sql kIsActive{
    "SELECT 1 FROM strategy_activation WHERE owner_id = $1 AND strategy_key = $2"};

// Each time that the file has come or gone since the last such row.
constexpr Sql kAuditOwnerFile{R"sql(
  INSERT INTO audit_log (owner_id, actor, action, target, before_json, after_json)
  SELECT $1, 'everbitd', 'kill_switch', 'kill-switch.off', jsonb_build_object('present', NOT $2::bool),
         jsonb_build_object('present', $2::bool)
  WHERE $2::bool IS DISTINCT FROM coalesce((
    SELECT (after_json ->> 'present')::bool FROM audit_log
    WHERE owner_id = $1 AND action = 'kill_switch' AND target = 'kill-switch.off'
    ORDER BY id DESC LIMIT 1), false))sql"};

// Memory and file hold what was ordered; the database or the disk will take it later.
bool may_wait(const Error& error) {
  return error.code.starts_with("DB_") || error.code == "COMMIT_UNDECIDED" ||
         error.code == "FILE_WRITE";
}

std::vector<std::string> without(std::vector<std::string> keys,
                                 const std::vector<std::string>& dropped) {
  std::erase_if(keys, [&](const std::string& key) {
    return std::ranges::find(dropped, key) != dropped.end();
  });
  return keys;
}

}  // namespace

// One change on its way into the row.
struct KillSwitch::Order {
  SwitchChange change{};
  std::optional<bool> flatten{};
  Actor actor;
  std::string reason_code;
  bool pending_only = false;  // nothing is asked for but what is held already
  std::uint64_t held = 0;     // what was ordered when the row was written
};

KillSwitch::KillSwitch(Parts parts) : parts_(std::move(parts)) { read_files(); }

void KillSwitch::read_files() {
  const std::lock_guard lock(file_mutex_);
  parts_.flag.set_files(parts_.folder.read());
}

Result<void> KillSwitch::refresh(Deadline deadline) {
  // The age counts from here: what a slow answer says may be as old as the question.
  const SteadyTime began = parts_.clock.steady_now();
  auto reading = read_switch(parts_.pool, parts_.owner, deadline);
  if (!reading) return reading.error();
  parts_.flag.update(*reading, began);
  if (auto audited = audit_owner_file(deadline); !audited) return audited;
  if (parts_.flag.orders().is_empty() || began < store_again_) return {};
  store_again_ = began + kStoreAgain;
  // Who changes the row now brings these along; the reading must not wait for that.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return {};
  const SwitchView held = parts_.flag.view();
  return store({{},
                {},
                {held.changed_by.value_or("everbitd"), {}},
                held.reason_code.value_or("OWNER"),
                true},
               deadline);
}

Result<void> KillSwitch::audit_owner_file(Deadline deadline) {
  const bool present = parts_.folder.has_owner_file();
  if (audited_file_ == present) return {};
  auto audited = parts_.pool.exec(deadline, kAuditOwnerFile, parts_.owner, present);
  if (!audited) return audited.error();
  if (audited->affected() > 0) log_critical("kill_file", {{"present", present}});
  audited_file_ = present;
  return {};
}

// The part that trades less than anybody could want now. Without a reading of the row every
// restriction is one: it can only tighten.
Restriction KillSwitch::less_of(const SwitchChange& change) const {
  Restriction less;
  if (change.account && *change.account != AccountPosition::kOn) {
    const auto reading = parts_.flag.reading();
    const AccountPosition stands = std::max(reading ? reading->row.account : AccountPosition::kOn,
                                            parts_.flag.orders().position);
    if (*change.account >= stands) less.position = *change.account;
  }
  if (change.strategy && !change.strategy->enabled) {
    less.strategies_off.push_back(change.strategy->key);
  }
  return less;
}

void KillSwitch::hold(const Restriction& less, const Actor& actor, const std::string& reason_code) {
  parts_.flag.order(less);
  const std::lock_guard lock(file_mutex_);
  ++held_;
  StateFile state;
  state.restriction = parts_.flag.orders();
  state.changed_at = parts_.clock.now();
  state.changed_by = actor.name;
  state.reason_code = reason_code;
  if (auto written = parts_.folder.write(state); !written) {
    log_critical("kill_state_not_written", {{"error", to_string(written.error())}});
    return;
  }
  parts_.flag.ordered_in_file(parts_.folder.read());
}

Result<SwitchView> KillSwitch::change(const SwitchChange& change, const Actor& actor,
                                      Deadline deadline) {
  const Restriction less = less_of(change);
  const bool all_less = (!change.account || less.position == *change.account) &&
                        (!change.strategy || !change.strategy->enabled);
  if (!less.is_empty()) hold(less, actor, "OWNER");
  const std::lock_guard lock(mutex_);
  const auto stored = store({change, {}, actor, "OWNER"}, deadline);
  if (stored) return view();
  if (all_less && !less.is_empty() && may_wait(stored.error())) {
    log_error("kill_switch_not_stored_yet", {{"error", to_string(stored.error())}});
    return view();
  }
  if (stored.error().code == "STRATEGY_UNKNOWN") forget(change.strategy->key, actor);
  return stored.error();
}

// A key that nobody knows must not stay ordered.
void KillSwitch::forget(const std::string& strategy_key, const Actor& actor) {
  const std::lock_guard lock(file_mutex_);
  StateFile state;
  state.restriction = parts_.flag.orders();
  std::erase(state.restriction.strategies_off, strategy_key);
  state.stored = state.restriction.is_empty();
  state.changed_by = actor.name;
  state.reason_code = "OWNER";
  if (!state.stored) state.changed_at = parts_.clock.now();
  if (parts_.folder.write(state)) parts_.flag.ordered_in_file(parts_.folder.read());
}

Result<SwitchView> KillSwitch::begin_flatten(const Actor& actor, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  auto stored = store({{AccountPosition::kExitsOnly, {}}, true, actor, "OWNER"}, deadline);
  if (!stored) return stored.error();
  return view();
}

Result<SwitchView> KillSwitch::end_flatten(const Actor& actor, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  auto stored = store({{}, false, actor, "OWNER"}, deadline);
  if (!stored) return stored.error();
  return view();
}

void KillSwitch::tighten(AccountPosition position, const std::string& reason_code) {
  const auto reading = parts_.flag.reading();
  if (reading && std::max(reading->row.account, parts_.flag.orders().position) >= position) return;
  log_critical("kill_switch_tightened",
               {{"position", to_string(position)}, {"reason", reason_code}});
  const Actor actor{"everbitd", {}};
  hold({position, {}}, actor, reason_code);
  const std::lock_guard lock(mutex_);
  auto stored = store({{}, {}, actor, reason_code, true}, Deadline::after(kTightenBudget));
  if (!stored) {
    log_error("kill_switch_not_stored_yet", {{"error", to_string(stored.error())}});
  }
}

Result<void> KillSwitch::store(Order order, Deadline deadline) {
  store::Locks locks;
  locks.kill_switch = store::RowLock::kUpdate;
  auto tx = TradingTransaction::begin(parts_.pool, parts_.owner, locks, deadline);
  if (!tx) return tx.error();
  // Another process may have settled what was ordered while this one waited for the row.
  read_files();
  if (order.pending_only && parts_.flag.orders().is_empty()) return {};
  if (auto written = write(*tx, order); !written) return written.error();
  const auto commit = tx->commit();
  if (commit.undecided()) {
    return Error("COMMIT_UNDECIDED", "the database did not answer: it may be stored or not");
  }
  if (!commit.committed()) return commit.error;
  return adopt(order, deadline);
}

Result<void> KillSwitch::write(TradingTransaction& tx, Order& order) {
  const store::KillSwitch& row = tx.kill_switch();
  const auto& [account, strategy] = order.change;
  Restriction held;
  {
    const std::lock_guard lock(file_mutex_);
    held = parts_.flag.orders();
    order.held = held_;
  }
  if (strategy) {
    if (auto known = know_strategy(tx, strategy->key); !known) return known;
  }
  SwitchTarget target;
  target.account = account.value_or(std::max(row.account, held.position));
  target.enabled_strategies = without(row.enabled_strategies, held.strategies_off);
  if (strategy) {
    target.enabled_strategies = without(target.enabled_strategies, {strategy->key});
    if (strategy->enabled) target.enabled_strategies.push_back(strategy->key);
  }
  std::ranges::sort(target.enabled_strategies);
  target.flatten_active =
      order.flatten.value_or(row.flatten_active) && target.account == AccountPosition::kExitsOnly;
  const bool enables = strategy && strategy->enabled &&
                       (!row.strategy_enabled(strategy->key) || held.stops(strategy->key));
  if (enables || target.account < std::max(row.account, held.position)) {
    if (auto allowed = allow_more(tx); !allowed) return allowed;
  }
  auto moved = write_switch(tx, target, order.actor, order.reason_code);
  if (!moved) return moved.error();
  if (moved->is_nothing() || !parts_.announce) return {};
  return parts_.announce(tx.transaction(), *moved);
}

Result<void> KillSwitch::allow_more(TradingTransaction& tx) const {
  const auto block = tx.exec(kReadBlock, tx.owner());
  if (!block) return block.error();
  if (const auto until = block->front().get<std::optional<Timestamp>>(0)) {
    return Error("UPBIT_BLOCKED_418", "the exchange blocks this machine until " + until->to_iso());
  }
  if (parts_.folder.has_owner_file()) {
    return Error("KILL_FILE_PRESENT", "the owner's file lies there",
                 parts_.folder.owner_file().string());
  }
  const auto other_account = tx.exec(kAccountChanged, tx.owner());
  if (!other_account) return other_account.error();
  if (!other_account->empty()) {
    return Error("ACCOUNT_CHANGED", "the key belongs to another account; confirm it first");
  }
  return {};
}

// A slip of the hand in a key must not look like a strategy that was stopped.
Result<void> KillSwitch::know_strategy(TradingTransaction& tx, const std::string& key) const {
  if (key == parts_.settings_strategy || tx.kill_switch().strategy_enabled(key)) return {};
  const auto active = tx.exec(kIsActive, tx.owner(), key);
  if (!active) return active.error();
  if (!active->empty()) return {};
  return Error("STRATEGY_UNKNOWN",
               "no such strategy; the settings name " + parts_.settings_strategy, key);
}

// The row has it all: flag and file follow. What was ordered after the row was written stays in
// force, and so does everything when the row cannot be read back.
Result<void> KillSwitch::adopt(const Order& order, Deadline deadline) {
  const SteadyTime began = parts_.clock.steady_now();
  auto reading = read_switch(parts_.pool, parts_.owner, deadline);
  if (!reading) return reading.error();
  parts_.flag.update(*reading, began);
  const std::lock_guard lock(file_mutex_);
  if (held_ != order.held) return {};
  StateFile state;
  state.restriction.position = reading->row.account;
  state.stored = true;
  state.changed_at = reading->changed_at;
  state.changed_by = reading->changed_by.value_or(order.actor.name);
  state.reason_code = reading->row.reason_code.value_or("");
  const auto written = parts_.folder.write(state);
  parts_.flag.ordered_in_file(parts_.folder.read());
  if (written || parts_.flag.orders().is_empty()) return {};
  log_critical("kill_state_not_written", {{"error", to_string(written.error())}});
  return written;
}

}  // namespace everbit::trading
