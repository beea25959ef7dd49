#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "upbit-sim/json/value.h"

namespace everbit::push_sim {

// How the service is to misbehave: rules as the control API takes them (README). The first one
// decides; it is gone after `count` uses.
class Faults {
 public:
  // An error text; empty: taken.
  std::string add(const upbit_sim::Json& rule);
  void clear() { rules_.clear(); }
  std::optional<upbit_sim::Json> take();

 private:
  struct Rule {
    std::int64_t left;
    upbit_sim::Json json;
  };
  std::list<Rule> rules_;
};

}  // namespace everbit::push_sim
