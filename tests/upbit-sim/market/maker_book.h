#pragma once

#include <optional>
#include <string>
#include <vector>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/random.h"
#include "upbit-sim/base/time.h"

namespace everbit::upbit_sim {

struct Level {
  Decimal price;
  Decimal size;
};

// What the simulated market makers offer: up to 30 levels a side, best first, set anew around the
// price whenever the path moves. Takers consume it. Orders of accounts are not in here. One thread.
class MakerBook {
 public:
  static constexpr std::size_t kDepth = 30;

  // `value_per_level`: mean quote value offered on each level.
  MakerBook(std::string quote, Decimal value_per_level, std::uint64_t seed);

  // Places both sides around a trade at `price`: a buyer's trade leaves it as the best ask, a
  // seller's as the best bid. Does nothing while pinned.
  void quote_around(const Decimal& price, bool taker_bid, Millis at);
  // A book set by hand stays until unpinned.
  void pin(std::vector<Level> asks, std::vector<Level> bids);
  void unpin() { pinned_ = false; }
  bool pinned() const { return pinned_; }

  const std::vector<Level>& asks() const { return asks_; }
  const std::vector<Level>& bids() const { return bids_; }
  void take_best_ask(const Decimal& volume) { take(asks_, volume); }
  void take_best_bid(const Decimal& volume) { take(bids_, volume); }

 private:
  static void take(std::vector<Level>& side, const Decimal& volume);
  Decimal random_size(const Decimal& price);

  std::string quote_;
  Decimal value_per_level_;
  Random random_;
  bool pinned_ = false;
  std::vector<Level> asks_;
  std::vector<Level> bids_;
};

}  // namespace everbit::upbit_sim
