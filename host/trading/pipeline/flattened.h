#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/uuid.h"

namespace everbit::trading {

// What a flatten found in the markets that hold or buy something.
struct Flattened {
  struct Intent {
    std::string market;
    Uuid intent_public_id;
    bool created = false;
  };
  struct Skipped {
    std::string market;
    std::string reason_code;  // MARKET_SUSPENDED, INTENT_OPEN, DUST, …
  };
  std::vector<Intent> intents;
  std::vector<Skipped> skipped;

  bool has_new() const {
    return std::ranges::any_of(intents, [](const Intent& intent) { return intent.created; });
  }
};

}  // namespace everbit::trading
