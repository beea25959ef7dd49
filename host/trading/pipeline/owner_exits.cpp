#include "trading/pipeline/owner_exits.h"

#include <algorithm>

#include "base/log.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using store::Sql;

constexpr milliseconds kEvery{200};
constexpr seconds kBudget{2};
// An exit that ended without closing its market is not repeated in a hurry.
constexpr seconds kFirstPause{5};
constexpr seconds kLongestPause{60};

constexpr Sql kMarkets{R"sql(
  SELECT market FROM position WHERE owner_id = $1 AND mode = $2 AND status = 'OPEN'
  UNION
  SELECT market FROM order_intent
  WHERE owner_id = $1 AND mode = $2 AND status = 'CREATED' AND intent_type = 'ENTRY'
  ORDER BY market)sql"};

// Positions that nothing closes yet: no open intent, or one that closes a part and is not sent.
constexpr Sql kUnclosed{R"sql(
  SELECT p.market FROM position p
  JOIN market_state s ON s.owner_id = p.owner_id AND s.market = p.market
  WHERE p.owner_id = $1 AND p.mode = $2 AND p.status = 'OPEN' AND s.trade_status = 'ACTIVE'
    AND NOT EXISTS (
      SELECT FROM order_intent i
      WHERE i.owner_id = p.owner_id AND i.market = p.market AND i.mode = p.mode
        AND i.status = 'CREATED'
        AND (i.intent_type = 'ENTRY' OR i.requested_volume >= p.quantity
             OR EXISTS (SELECT FROM order_attempt a
                        WHERE a.order_intent_id = i.id AND a.status IN ('SENT', 'UNKNOWN', 'ACKED'))))
  ORDER BY p.market)sql"};

}  // namespace

OwnerExits::OwnerExits(Parts parts) : parts_(std::move(parts)) {}

OwnerExits::~OwnerExits() { stop(); }

void OwnerExits::start() {
  thread_ = std::thread([this] { run(); });
}

void OwnerExits::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<HostExits::Closed> OwnerExits::close(const std::string& market, const Actor& actor) {
  return parts_.exits.close(market, HostExits::By::kOwner, actor.name);
}

Result<Flattened> OwnerExits::flatten(const Actor& actor, Deadline deadline) {
  if (auto begun = parts_.kill_switch.begin_flatten(actor, deadline); !begun) return begun.error();
  auto markets = parts_.pool.exec(deadline, kMarkets, parts_.owner, to_string(parts_.mode));
  if (!markets) return markets.error();
  Flattened flattened;
  for (const store::Row row : *markets) {
    const auto market = row.get<std::string>(0);
    auto closed = parts_.exits.close(market, HostExits::By::kFlatten, actor.name);
    if (closed) {
      flattened.intents.push_back({market, closed->intent_public_id, closed->created});
    } else if (closed.error().code.starts_with("DB_")) {
      return closed.error();
    } else if (closed.error().code != "NO_POSITION") {
      flattened.skipped.push_back({market, closed.error().code});
    }
  }
  log_critical("flatten", {{"actor", actor.name},
                           {"intents", flattened.intents.size()},
                           {"skipped", flattened.skipped.size()}});
  wake_.notify_all();
  return flattened;
}

Result<void> OwnerExits::end_flatten(const Actor& actor, Deadline deadline) {
  auto ended = parts_.kill_switch.end_flatten(actor, deadline);
  if (!ended) return ended.error();
  return {};
}

void OwnerExits::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    if (parts_.flag.flatten_active()) {
      sweep();
    } else {
      pauses_.clear();
    }
    lock.lock();
    wake_.wait_for(lock, kEvery, [this] { return stopping_; });
  }
}

void OwnerExits::sweep() {
  auto markets =
      parts_.pool.exec(Deadline::after(kBudget), kUnclosed, parts_.owner, to_string(parts_.mode));
  if (!markets) return;
  const SteadyTime now = parts_.clock.steady_now();
  for (const store::Row row : *markets) {
    const auto market = row.get<std::string>(0);
    Pause& pause = pauses_[market];
    if (now < pause.until) continue;
    auto closed = parts_.exits.close(market, HostExits::By::kFlatten, "flatten");
    pause.until = now + std::min(kFirstPause * (1 << std::min(pause.tries, 4)), kLongestPause);
    ++pause.tries;
    if (!closed) {
      log_warn("flatten_skips", {{"market", market}, {"reason", closed.error().code}});
    }
  }
}

}  // namespace everbit::trading
