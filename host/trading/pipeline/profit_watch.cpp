#include "trading/pipeline/profit_watch.h"

#include "base/log.h"
#include "trading/portfolio/profit.h"

namespace everbit::trading {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using store::Sql;

constexpr seconds kEvery{5};
constexpr seconds kBudget{2};
constexpr hours kKoreaAheadOfUtc{9};

// The last one of the day before; an older one tells of other positions.
constexpr Sql kAtStart{R"sql(
  SELECT unrealized FROM pnl_snapshot
  WHERE owner_id = $1 AND mode = $2 AND market IS NULL
    AND captured_at <= $3 AND captured_at > $3::timestamptz - interval '1 day'
  ORDER BY captured_at DESC LIMIT 1)sql"};

constexpr Sql kCash{R"sql(
  SELECT balance + locked FROM account_balance
  WHERE owner_id = $1 AND mode = $2 AND currency = 'KRW')sql"};

constexpr Sql kKeep{R"sql(
  INSERT INTO pnl_snapshot (owner_id, mode, captured_at, equity, cash, realized, unrealized)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)sql"};

}  // namespace

Timestamp start_of_korean_day(Timestamp now) {
  return (now + kKoreaAheadOfUtc).floor_to(hours(24)) - kKoreaAheadOfUtc;
}

void ProfitWatch::look() {
  if (parts_.clock.steady_now() < look_at_) return;
  look_at_ = parts_.clock.steady_now() + kEvery;
  const Timestamp now = parts_.clock.now();
  const auto profit = read(now);
  if (!profit) {
    log_warn("profit_not_read", {{"error", to_string(profit.error())}});
    return;
  }
  if (!*profit) return;
  judge(**profit);
  if (auto kept = keep(now, **profit); !kept) {
    log_warn("profit_not_kept", {{"error", to_string(kept.error())}});
  }
}

// Nothing: a price is not known yet, and none is invented.
Result<std::optional<Profit>> ProfitWatch::read(Timestamp now) const {
  const Deadline deadline = Deadline::after(kBudget);
  const auto mode = to_string(parts_.mode);
  const Timestamp start = start_of_korean_day(now);
  Profit profit;
  const auto realized = read_realized(parts_.pool, parts_.owner, parts_.mode, start, deadline);
  if (!realized) return realized.error();
  profit.realized = realized->all;
  profit.realized_today = realized->since;
  auto before = parts_.pool.exec(deadline, kAtStart, parts_.owner, mode, start);
  if (!before) return before.error();
  if (!before->empty()) profit.unrealized_start = before->front().get<Decimal>(0);
  auto cash = parts_.pool.exec(deadline, kCash, parts_.owner, mode);
  if (!cash) return cash.error();
  if (!cash->empty()) profit.cash = cash->front().get<Decimal>(0);
  const auto open = read_open_costs(parts_.pool, parts_.owner, parts_.mode, deadline);
  if (!open) return open.error();
  for (const OpenCost& held : *open) {
    const auto price = parts_.price(held.market);
    if (!price) return std::optional<Profit>();
    profit.held += mul(held.quantity, *price, Rounding::kHalfUp);
    profit.unrealized += held.unrealized(*price);
  }
  return std::optional<Profit>(profit);
}

void ProfitWatch::judge(const Profit& profit) {
  if (!parts_.max_daily_loss.is_positive()) return;
  const bool reached = profit.today() + parts_.max_daily_loss < Decimal();
  reached_.store(reached);
  if (reached) parts_.kill_switch.tighten(AccountPosition::kExitsOnly, "DAILY_LOSS");
}

Result<void> ProfitWatch::keep(Timestamp now, const Profit& profit) {
  const Timestamp minute = now.floor_to(minutes(1));
  if (minute == kept_) return {};
  auto kept = parts_.pool.exec(Deadline::after(kBudget), kKeep, parts_.owner,
                               to_string(parts_.mode), minute, profit.cash + profit.held,
                               profit.cash, profit.realized, profit.unrealized);
  if (!kept) return kept.error();
  kept_ = minute;
  return {};
}

}  // namespace everbit::trading
