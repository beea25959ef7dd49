#pragma once

#include <memory>

#include "everbit/ext/strategy.h"

namespace everbit::bench {

// What the boundary would be inside one program: a C++ interface for the strategy, and one for the
// ear of its decisions. Implemented in a unit of its own, so that the compiler cannot see through.
class VirtualEar {
 public:
  virtual ~VirtualEar() = default;
  virtual bool decide(const eb_decision& decision) = 0;
};

class VirtualStrategy {
 public:
  virtual ~VirtualStrategy() = default;
  virtual bool candle_close(const eb_candle_close& candle, VirtualEar& ear) = 0;
};

std::unique_ptr<VirtualStrategy> make_virtual_noop();

}  // namespace everbit::bench
