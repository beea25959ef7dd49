#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "upbit-sim/json/value.h"

namespace everbit::kakao_sim {

// How the simulator is to misbehave: rules as the control API takes them (README). The first rule
// of an endpoint decides; it is gone after `count` uses.
class Faults {
 public:
  // An error text; empty: taken.
  std::string add(const upbit_sim::Json& rule);
  void clear() { rules_.clear(); }
  // The rule for one request to "authorize", "token", "jwks" or "user".
  std::optional<upbit_sim::Json> take(std::string_view endpoint);

 private:
  struct Rule {
    std::string on;
    std::int64_t left;
    upbit_sim::Json json;
  };
  std::list<Rule> rules_;
};

}  // namespace everbit::kakao_sim
