#include "trading/reconcile/reconciler.h"

#include <algorithm>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"
#include "store/trading_transaction.h"
#include "trading/execution/suspension.h"

namespace everbit::trading {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds kPoll{200};
constexpr seconds kDemandEvery{1};
// After a run that could not read everything.
constexpr seconds kRetryAfter{10};
constexpr seconds kBudget{5};
constexpr std::size_t kMostMarkets = 64;
// Fills of an order that ended may be told a little after its end.
constexpr seconds kMayLack{10};
// Orders created while the run before was reading, and clocks that differ.
constexpr minutes kOverlap{10};
constexpr hours kFirstLookBack{7 * 24};
constexpr hours kLongestLookBack{90 * 24};

}  // namespace

Reconciler::Reconciler(Parts parts)
    : parts_(std::move(parts)),
      log_(parts_.pool, parts_.owner),
      positions_(
          {parts_.pool, parts_.outbox, parts_.clock, parts_.owner, parts_.mode, parts_.trader}),
      next_run_(parts_.clock.steady_now()),
      next_demand_(parts_.clock.steady_now()) {}

Reconciler::~Reconciler() { stop(); }

void Reconciler::start() {
  thread_ = std::thread([this] { loop(); });
}

void Reconciler::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Reconciler::request_market(const std::string& market) {
  {
    const std::lock_guard lock(mutex_);
    if (markets_.size() < kMostMarkets) {
      markets_.insert(market);
    } else {
      all_ = true;
    }
  }
  wake_.notify_all();
}

void Reconciler::request_all() {
  {
    const std::lock_guard lock(mutex_);
    all_ = true;
  }
  wake_.notify_all();
}

void Reconciler::look_for_requests() {
  {
    const std::lock_guard lock(mutex_);
    requests_ = true;
  }
  wake_.notify_all();
}

void Reconciler::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    turn();
    lock.lock();
    wake_.wait_for(lock, kPoll,
                   [this] { return stopping_ || all_ || requests_ || !markets_.empty(); });
  }
}

void Reconciler::turn() {
  auto due = what_is_due();
  if (!due) {
    note("reconcile_not_begun", due.error());
    return;
  }
  if (due->run) run(*due->run);
  for (const std::string& market : due->markets) {
    if (auto done = run_market(market); !done) note("reconcile_failed", done.error());
  }
  if (!due->look_at_positions) return;
  if (auto read = read_account(); !read) note("reconcile_failed", read.error());
}

Result<Reconciler::Due> Reconciler::what_is_due() {
  if (!abandoned_old_) {
    if (auto done = log_.abandon_old(); !done) return done.error();
    abandoned_old_ = true;
  }
  Due due;
  bool all = false;
  bool requests = false;
  {
    const std::lock_guard lock(mutex_);
    due.markets.swap(markets_);
    all = std::exchange(all_, false);
    requests = std::exchange(requests_, false);
  }
  const SteadyTime now = parts_.clock.steady_now();
  due.look_at_positions = look_at_positions_ && *look_at_positions_ <= now;
  if (requests || now >= next_demand_) {
    next_demand_ = now + kDemandEvery;
    auto waiting = log_.take_waiting();
    if (!waiting) return waiting.error();
    due.run = *waiting;
  }
  if (!due.run && (all || now >= next_run_)) {
    const auto cause = !first_done_ ? ReconcileCause::kStart
                       : all        ? ReconcileCause::kReconnect
                                    : ReconcileCause::kSchedule;
    auto begun = log_.begin(ReconcileScope::kFull, cause);
    if (!begun) return begun.error();
    due.run = *begun;
  }
  return due;
}

void Reconciler::run(const ReconcileRun& run) {
  crash_point(CrashPoint::kReconcileBegun);
  next_run_ = parts_.clock.steady_now() + kRetryAfter;
  if (parts_.look_up_unknown) parts_.look_up_unknown();
  std::optional<Timestamp> closed_until;
  auto read = read_all(run, closed_until);
  if (!read) note("reconcile_failed", read.error());
  const bool complete = read && read->complete;
  if (complete) next_run_ = parts_.clock.steady_now() + parts_.interval;
  const int repaired = read ? read->repaired : 0;
  crash_point(CrashPoint::kReconcileFinish);
  auto finished = log_.finish(run, complete ? ReconcileResult::kDone : ReconcileResult::kIncomplete,
                              repaired, complete ? closed_until : std::nullopt);
  if (!finished) note("reconcile_not_stored", finished.error());
  log_at(repaired > 0 || !complete ? LogLevel::kWarn : LogLevel::kDebug, "reconciled",
         {{"scope", to_string(run.scope)}, {"repaired", repaired}, {"complete", complete}});
}

// The account last: what was booked by then is in the positions that it is compared with.
Result<OrderReading> Reconciler::read_all(const ReconcileRun& run,
                                          std::optional<Timestamp>& closed_until) {
  auto read = read_own("");
  if (!read) return read.error();
  auto account = read_account();
  if (!account) return account.error();
  // An order that could not be read holds up its own market only: its intent is open still.
  if (*account && open_orders_read_) first_is_done();
  read->complete = read->complete && *account;
  if (run.scope == ReconcileScope::kOpenOrdersOnly) return read;
  auto closed = read_closed("", closed_until);
  if (!closed) return closed.error();
  return *read += *closed;
}

Result<OrderReading> Reconciler::read_own(const std::string& market) {
  const auto priority = first_done_ ? net::RatePriority::kBackground : net::RatePriority::kLookup;
  auto read = parts_.reader.read_unfinished(market, priority);
  if (!read) return read.error();
  if (market.empty()) {
    if (auto judged = judge_lacking(*read); !judged) return judged.error();
  }
  auto open = parts_.reader.read_open(market, priority);
  if (!open) return open.error();
  open_orders_read_ = open->complete;
  return *read += *open;
}

Result<OrderReading> Reconciler::read_closed(const std::string& market,
                                             std::optional<Timestamp>& until) {
  const Timestamp now = parts_.exchange_clock.now_or_local();
  auto last = log_.closed_until();
  if (!last) return last.error();
  const Timestamp from =
      *last ? std::max(**last - kOverlap, now - kLongestLookBack) : now - kFirstLookBack;
  until = now;
  return parts_.reader.read_closed(market, from, now, net::RatePriority::kBackground);
}

Result<void> Reconciler::run_market(const std::string& market) {
  auto read = read_own(market);
  if (!read) return read.error();
  std::optional<Timestamp> until;
  auto closed = read_closed(market, until);
  if (!closed) return closed.error();
  auto account = read_account();
  if (!account) return account.error();
  log_info("market_reconciled",
           {{"market", market}, {"repaired", read->repaired + closed->repaired}});
  return {};
}

// False: the exchange did not answer.
Result<bool> Reconciler::read_account() {
  const Timestamp began = parts_.exchange_clock.now_or_local();
  const SteadyTime steady = parts_.clock.steady_now();
  const GatewayAnswer answer = parts_.gateway.read(
      plugins::ExchangeOp::kAccounts, {},
      first_done_ ? net::RatePriority::kBackground : net::RatePriority::kLookup);
  look_at_positions_.reset();
  if (!answer.ok()) {
    log_error("accounts_not_read",
              {{"detail", answer.wire.detail}, {"name", answer.decoded.answer.name}});
    return false;
  }
  crash_point(CrashPoint::kAccountRead);
  const auto& accounts = answer.decoded.found.accounts;
  if (auto stored = parts_.balances.store_reading(accounts, began); !stored) {
    return stored.error();
  }
  auto more = positions_.look(accounts, steady);
  if (!more) return more.error();
  if (*more) look_at_positions_ = steady + PositionCheck::kApart;
  return true;
}

// The exchange says that an order of ours ended, and its own list of trades does not sum up to what
// it executed: nobody can say what we hold there.
Result<void> Reconciler::judge_lacking(const OrderReading& reading) {
  const SteadyTime now = parts_.clock.steady_now();
  std::map<std::string, SteadyTime> still;
  for (const plugins::Order& order : reading.lacking) {
    const auto before = lacking_.find(order.uuid);
    const SteadyTime since = before == lacking_.end() ? now : before->second;
    still.emplace(order.uuid, since);
    if (now - since < kMayLack) continue;
    log_error("fills_missing", {{"market", order.market}, {"upbit_uuid", order.uuid}});
    store::Locks locks;
    locks.markets = {order.market};
    locks.trader = parts_.trader;
    auto tx = store::TradingTransaction::begin(parts_.pool, parts_.owner, locks,
                                               Deadline::after(kBudget));
    if (!tx) return tx.error();
    auto suspended = suspend_market(tx->transaction(), parts_.outbox,
                                    {parts_.owner, order.market, "FILLS_MISSING", ""});
    if (!suspended) return suspended.error();
    if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
    parts_.outbox.committed();
  }
  lacking_ = std::move(still);
  return {};
}

void Reconciler::first_is_done() {
  if (std::exchange(first_done_, true)) return;
  log_info("first_reconcile_done");
  if (parts_.first_done) parts_.first_done();
}

void Reconciler::note(std::string_view what, const Error& error) {
  log_error(what, {{"error", to_string(error)}});
  if (error.code == "FENCED" && parts_.fenced) parts_.fenced();
}

}  // namespace everbit::trading
