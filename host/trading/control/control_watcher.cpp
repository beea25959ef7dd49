#include "trading/control/control_watcher.h"

#include <chrono>

#include "base/log.h"
#include "store/control_version.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using store::Sql;

constexpr milliseconds kEvery{100};
constexpr milliseconds kBudget{800};

constexpr Sql kPosition{R"sql(
  SELECT account_position FROM kill_switch WHERE owner_id = $1)sql"};

}  // namespace

ControlWatcher::ControlWatcher(store::Pool& pool, OwnerId owner, TradingSwitch& account_switch)
    : pool_(pool), owner_(owner), account_switch_(account_switch), thread_([this] { run(); }) {}

ControlWatcher::~ControlWatcher() { stop(); }

void ControlWatcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void ControlWatcher::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    look();
    lock.lock();
    wake_.wait_for(lock, kEvery, [this] { return stopping_; });
  }
}

void ControlWatcher::look() {
  // The age counts from here: what a slow answer says may be as old as the question.
  const SteadyTime began = SystemClock().steady_now();
  const Deadline deadline = Deadline::after(kBudget);
  auto versions = store::read_control_versions(pool_, deadline);
  if (!versions) return;
  if (versions->kill_switch == seen_version_) {
    account_switch_.refresh(began);
    return;
  }
  auto row = pool_.exec(deadline, kPosition, owner_);
  if (!row) return;
  const AccountPosition position =
      row->empty() ? AccountPosition::kOff : store::account_position_from(row->front().text(0));
  account_switch_.update(position, began);
  seen_version_ = versions->kill_switch;
  log_info("kill_switch_read", {{"position", to_string(position)}});
}

}  // namespace everbit::trading
