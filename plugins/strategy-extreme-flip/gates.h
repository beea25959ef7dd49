#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "everbit/ext/strategy.h"
#include "watch.h"

namespace everbit::extreme_flip {

// The conditions of one candle, for the decision ledger: what was compared with what, and whether
// it held. A number that is not defined yet is left out. Without an allocation.
class Gates {
 public:
  void at_most(std::string_view name, double value, double threshold);
  void at_least(std::string_view name, double value, double threshold);
  void above(std::string_view name, double value, double threshold);
  void below(std::string_view name, double value, double threshold);
  void yes(std::string_view name, bool holds) { at_least(name, holds ? 1 : 0, 1); }

  std::span<const eb_gate> all() const { return {gates_.data(), count_}; }

 private:
  void add(std::string_view name, double value, double threshold, std::int32_t relation,
           bool passed);

  std::array<eb_gate, 20> gates_{};
  std::size_t count_ = 0;
};

// Of a market that holds nothing: the extreme, and of a watch that was on the flip and what section
// 8 asks for. `watch` as it was before the candle.
void add_entry_gates(const Market& market, const Watch& watch, Gates& gates);

}  // namespace everbit::extreme_flip
