#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "trading/intent/host_exits.h"
#include "trading/market/candle_reader.h"

namespace everbit::trading {

// Keeps the stop of a position whose strategy cannot run: quarantined, not loadable, not of this
// configuration, or no strategy at all (safe mode). At each signal candle's close it sells what
// closed at or below the stored plan's stop price, and it tells the owner at once which positions
// have no strategy. It needs no strategy for that, only the plan that was stored with the position.
//
// Called by the close loop's thread.
class Guardian {
 public:
  struct Parts {
    store::Pool& pool;
    const CandleReader& reader;
    HostExits& exits;
    Outbox& outbox;
    OwnerId owner;
    Mode mode = Mode::kReal;
    std::string timeframe;  // "15m"
    std::chrono::seconds period{900};
  };
  using Runs = std::function<bool(const std::string& market, const std::string& strategy_key)>;

  explicit Guardian(Parts parts) : parts_(std::move(parts)) {}

  // `now`: exchange time less the grace. Looks at most once a second; reads one candle by REST for
  // each market it guards and each close.
  void turn(Timestamp now, const Runs& runs);

  // Markets with a position that no strategy watches, in code order.
  const std::vector<std::string>& guarded() const { return guarded_; }

 private:
  struct Position {
    std::string market;
    std::string strategy_key;
  };

  Result<std::vector<Position>> unwatched(const Runs& runs) const;
  void tell(const std::vector<Position>& positions);
  // False: try again.
  bool examine(const Position& position, Timestamp close_time);
  Result<void> announce(const std::vector<Position>& positions);

  const Parts parts_;
  std::vector<std::string> guarded_;
  std::vector<std::string> told_;
  std::map<std::string, Timestamp> examined_;  // the last close, by market
  Timestamp look_at_;
};

}  // namespace everbit::trading
