#include "faults/seeded/run.h"

#include <thread>

#include "base/crash_point.h"
#include "faults/seeded/books.h"

namespace everbit::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPeriod{30};
constexpr int kCandles = 3;
// After the last candle, and for the end to come by itself: an order that is nowhere suspends its
// market after two minutes.
constexpr seconds kChaosAfterLast{25};
constexpr seconds kPatience{300};
constexpr seconds kLook{3};
// The database is told the time this often.
constexpr milliseconds kTold{1000};

// Where a period starts.
constexpr Timestamp kBegin = Timestamp::from_seconds(1'800'000'000);

// Inside a transaction nobody else may go on: he would wait for its locks for ever.
bool is_inside(CrashPoint where) {
  switch (where) {
    case CrashPoint::kStateAdvanced:
    case CrashPoint::kSignalInserted:
    case CrashPoint::kIntentInserted:
    case CrashPoint::kAttemptInserted:
    case CrashPoint::kCandleCommit:
    case CrashPoint::kSentMarked:
    case CrashPoint::kRetryPrepared:
    case CrashPoint::kOrderAccepted:
    case CrashPoint::kOutcomeCommit:
    case CrashPoint::kFillInserted:
    case CrashPoint::kPositionChanged:
    case CrashPoint::kOrderClosed:
    case CrashPoint::kFillsCommit:
    case CrashPoint::kSettlementCommit:
      return true;
    default:
      return false;
  }
}

}  // namespace

Run::Run(Workshop& workshop, std::uint64_t seed, bool printed)
    : workshop_(workshop),
      choices_(seed),
      clock_(kBegin + kPeriod - seconds(1)),
      journal_(clock_, printed),
      scheduler_(std::make_unique<Scheduler>(clock_, choices_, journal_)) {
  for (const char* machine : {"first", "second"}) {
    std::filesystem::remove_all(machine_folder(machine));
    std::filesystem::create_directories(machine_folder(machine));
  }
  workshop_.database.set_time(told_ = clock_.now());
  workshop_.database.empty(kBegin);
  exchange_ = std::make_unique<ExchangeModel>(*scheduler_, choices_, clock_);
  owner_switch_ = std::make_unique<OwnerSwitch>(
      OwnerSwitch::Parts{*scheduler_, choices_, workshop_.database, clock_, [this] {
                           for (const auto& [process, trader] : traders_) trader->refresh();
                         }});
  around_ = std::make_unique<Surroundings>(
      Surroundings{*scheduler_, choices_, clock_, workshop_.database, *exchange_, workshop_.bus,
                   workshop_.codec, workshop_.io, chaos_, claims_, *owner_switch_, left_behind_,
                   journal_, broken_, kBegin + kPeriod, kCandles});
  scheduler_->on_time([this] { time_moved(); });
  scheduler_->on_death([this](Scheduler::Process process) { bury(process); });
  set_crash_hook([this](CrashPoint where) { at_crash_point(where); });
  set_commit_hook([this] { return fate_of_commit(); });
  set_sleep_hook([this](milliseconds time) { return sleep(time); });
}

Run::~Run() {
  chaos_ = false;
  scheduler_->end();
  set_crash_hook(nullptr);
  set_commit_hook(nullptr);
  set_sleep_hook(nullptr);
  traders_.clear();
}

std::filesystem::path Run::machine_folder(const std::string& machine) const {
  return workshop_.folder / machine;
}

void Run::at_crash_point(CrashPoint where) {
  if (!scheduler_->is_called_by_actor()) return;
  journal_.note("at", static_cast<int>(where));
  if (where == CrashPoint::kSentMarked) claims_[scheduler_->working()] = clock_.steady_now();
  const bool by_trader_alone =
      where == CrashPoint::kSentMarked || where == CrashPoint::kCandleCommit;
  if (by_trader_alone && scheduler_->working() != newest_) {
    broken_.push_back("a trader that was replaced goes on");
  }
  if (where == CrashPoint::kSentMarked && owner_switch_->row_says_off()) {
    broken_.push_back("an attempt became SENT while the switch's row said OFF");
  }
  if (!chaos_) return;
  if (choices_.one_in(70)) scheduler_->die();
  if (is_inside(where)) return;
  // The moments between the gates are short, so the owner chooses them.
  const bool on_its_way = where >= CrashPoint::kTokenTaken && where <= CrashPoint::kSigned;
  if (on_its_way && choices_.one_in(40)) owner_switch_->turn_off();
  if (choices_.one_in(40)) {
    scheduler_->sleep(choices_.between(100, 6000));
  } else {
    scheduler_->yield();
  }
}

// Asked for the pipeline's own connections; the bus has threads that are nobody's actors.
CommitFate Run::fate_of_commit() {
  if (!chaos_ || !scheduler_->is_called_by_actor() || !choices_.one_in(40))
    return CommitFate::kGoes;
  const CommitFate fate = choices_.one_in(2) ? CommitFate::kDropped : CommitFate::kAnswerLost;
  journal_.note("commit", static_cast<int>(fate));
  return fate;
}

// What waits before it tries again, waits on the run's clock.
bool Run::sleep(milliseconds time) {
  if (!scheduler_->is_called_by_actor()) return false;
  scheduler_->sleep(time);
  return true;
}

void Run::time_moved() {
  exchange_->tick();
  if (clock_.now() - told_ >= kTold) workshop_.database.set_time(told_ = clock_.now());
  for (const auto& [process, trader] : traders_) trader->refresh();
}

void Run::start_trader(const std::string& machine) {
  const Scheduler::Process process = ++last_process_;
  auto trader = Trader::start(*around_, process, machine_folder(machine));
  if (!trader) {
    scheduler_->after(milliseconds(1000), [this, machine] {
      if (traders_.empty()) start_trader(machine);
    });
    return;
  }
  newest_ = process;
  machines_[process] = machine;
  traders_[process] = std::move(trader);
}

// What is left of a process, and its successor.
void Run::bury(Scheduler::Process process) {
  ++deaths_;
  const auto dead = traders_.find(process);
  const Uuid instance = dead->second->instance();
  const std::string machine = machines_[process];
  traders_.erase(dead);
  leave_lanes_to_others();
  wait_for_end_of(instance);
  if (!traders_.empty()) return;
  const auto pause = choices_.between(300, 4000);
  scheduler_->after(pause, [this, machine] {
    if (traders_.empty()) start_trader(machine);
  });
}

// Mostly the bus sees that the owner of a lane is gone; else its lease runs out.
void Run::leave_lanes_to_others() {
  if (!traders_.empty() || choices_.one_in(4)) return;
  (void)workshop_.database.sql("UPDATE outbox_lane SET owner = 'gone' WHERE owner IS NOT NULL");
}

// A session's locks outlive its connection by a moment of real time.
void Run::wait_for_end_of(const Uuid& instance) {
  const std::string alive = "SELECT instance_alive('" + instance.to_string() + "')";
  while (workshop_.database.value(alive) == "t") std::this_thread::sleep_for(milliseconds(1));
}

// The lock's session ends unnoticed, and another machine becomes the trader.
void Run::take_over() {
  if (!chaos_ || traders_.size() != 1) return;
  const Uuid instance = traders_.begin()->second->instance();
  (void)workshop_.database.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND "
      "(classid::bigint << 32 | objid::bigint) = lock_key('trader') AND "
      "database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  wait_for_end_of(instance);
  start_trader("second");
}

std::vector<std::string> Run::play() {
  start_trader("first");
  const SteadyTime begin = clock_.steady_now();
  const seconds chaos = kPeriod * (kCandles - 1) + kChaosAfterLast;
  if (choices_.one_in(4)) {
    scheduler_->after(choices_.between(1000, 80'000), [this] { take_over(); });
  }
  if (choices_.one_in(4)) {
    scheduler_->after(choices_.between(1000, 80'000), [this] { owner_switch_->turn_off(); });
  }
  for (int minute = 0; minute < kCandles; ++minute) {
    scheduler_->after(milliseconds(100) + kPeriod * minute,
                      [this] { exchange_->move_price(choices_.one_in(2) ? 2000 : -2000); });
  }
  (void)scheduler_->run(begin + chaos, [] { return false; });
  chaos_ = false;
  SteadyTime look = clock_.steady_now();
  std::optional<std::string> waiting;
  const bool ended = scheduler_->run(look + kPatience, [&] {
    if (clock_.steady_now() < look || traders_.size() != 1) return false;
    look = clock_.steady_now() + kLook;
    workshop_.database.set_time(told_ = clock_.now());
    waiting = unsettled(workshop_.database, *exchange_);
    return !waiting.has_value();
  });
  auto found = violations(workshop_.database, *exchange_);
  found.insert(found.end(), broken_.begin(), broken_.end());
  journal_.note("ended", static_cast<std::int64_t>(found.size()), end_of(workshop_.database));
  if (!ended) found.push_back("no end: " + waiting.value_or("nobody trades"));
  return found;
}

}  // namespace everbit::faults
