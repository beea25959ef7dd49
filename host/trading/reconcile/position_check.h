#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "plugins/exchange/exchange_types.h"
#include "store/pool.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

// Position and dust of each market against balance and locked of its coin. A difference counts when
// two readings of the account agree on it that were taken 10 s apart, no intent of the market is
// open, and no fill came between them: then it stands in position_mismatch and in the log, and
// the market is SUSPENDED POSITION_MISMATCH if the account has less than the position. More is
// only reported: those may be coins of the owner. Nothing is put right here: the owner does that,
// by `position set`.
//
// One thread; blocks on the database.
class PositionCheck {
 public:
  static constexpr std::chrono::seconds kApart{10};

  struct Parts {
    store::Pool& pool;
    Outbox& outbox;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Uuid trader;
  };

  explicit PositionCheck(Parts parts) : parts_(std::move(parts)) {}

  // A full reading of the account that began at `began`. True: another one in 10 s will tell more.
  // Codes: FENCED, those of store/errors.h.
  Result<bool> look(const std::vector<plugins::Account>& accounts, SteadyTime began);

 private:
  struct Holding {
    Decimal held;
    Decimal at_exchange;
    std::int64_t last_fill = 0;
    bool intent_open = false;

    bool differs() const { return held != at_exchange; }
    bool operator==(const Holding&) const = default;
  };
  struct Suspect {
    Holding holding;
    SteadyTime since;
  };
  using Holdings = std::map<std::string, Holding>;

  Result<Holdings> read_holdings(const std::vector<plugins::Account>& accounts);
  Result<bool> look_at(const std::string& market, const Holding& holding, SteadyTime began);
  Result<void> report(const std::string& market, const Holding& holding);
  Result<void> settle(const std::string& market);

  Parts parts_;
  std::map<std::string, Suspect> suspects_;
};

}  // namespace everbit::trading
