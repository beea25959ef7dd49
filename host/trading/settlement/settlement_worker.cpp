#include "trading/settlement/settlement_worker.h"

#include <chrono>

#include "base/log.h"
#include "trading/settlement/unknown_limit.h"

namespace everbit::trading {
namespace {

constexpr std::chrono::milliseconds kEvery{500};
constexpr int kSlowEvery = 4;

}  // namespace

SettlementWorker::SettlementWorker(Parts parts)
    : parts_(std::move(parts)), thread_([this] { run(); }) {}

SettlementWorker::~SettlementWorker() { stop(); }

void SettlementWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void SettlementWorker::run() {
  std::unique_lock lock(mutex_);
  for (int turn = 0; !stopping_; turn = (turn + 1) % kSlowEvery) {
    lock.unlock();
    parts_.blocks.look();
    parts_.attempts.turn();
    auto limited = limit_unknown(parts_.pool, parts_.outbox, parts_.owner, parts_.mode);
    if (!limited) log_warn("unknown_not_counted", {{"error", to_string(limited.error())}});
    if (turn == 0) {
      parts_.commands.look();
      if (parts_.has_key) parts_.stuck.look();
    }
    lock.lock();
    wake_.wait_for(lock, kEvery, [this] { return stopping_; });
  }
}

}  // namespace everbit::trading
