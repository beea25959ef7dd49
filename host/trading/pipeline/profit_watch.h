#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "store/pool.h"
#include "trading/control/kill_switch.h"
#include "trading/types.h"

namespace everbit::trading {

// Profit and loss of the whole account at one moment.
struct Profit {
  Decimal realized;          // of all sales so far, fees taken off
  Decimal realized_today;    // since 00:00 KST
  Decimal unrealized;        // of what is held, at the last prices
  Decimal unrealized_start;  // the same at 00:00 KST
  Decimal cash;
  Decimal held;  // at the last prices

  // Since 00:00 KST; negative: a loss.
  Decimal today() const { return realized_today + unrealized - unrealized_start; }
};

// 00:00 in Korea of the day of that moment.
Timestamp start_of_korean_day(Timestamp now);

// Looks at the account's profit: keeps a snapshot of it every minute, and turns the switch to
// EXITS_ONLY when the loss since 00:00 KST goes beyond the owner's limit; the gate refuses entries
// as long as it does. One thread calls look(); the rest any.
class ProfitWatch {
 public:
  struct Parts {
    store::Pool& pool;
    KillSwitch& kill_switch;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Decimal max_daily_loss;  // 0: no limit
    std::function<std::optional<Decimal>(const std::string& market)> price;
  };

  explicit ProfitWatch(Parts parts) : parts_(std::move(parts)) {}

  // Every second or so; does its work every 5 s. A database or a price that is missing is waited
  // for: what was true stays true.
  void look();
  bool is_loss_reached() const { return reached_.load(); }

 private:
  Result<std::optional<Profit>> read(Timestamp now) const;
  Result<void> keep(Timestamp now, const Profit& profit);
  void judge(const Profit& profit);

  const Parts parts_;
  std::atomic<bool> reached_{false};
  SteadyTime look_at_ = SteadyTime::min();
  Timestamp kept_;
};

}  // namespace everbit::trading
