#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "trading/risk/reason.h"

namespace everbit::trading {

// An entry that passed the gate and competes with the others of its close.
struct EntryCandidate {
  std::string market;
  double strength = 0;       // finite
  double priority = 0;       // the owner's; smaller comes first
  Decimal wanted;            // quote currency, > 0
  Decimal minimum;           // less is no order
  int max_open_markets = 0;  // 0: no limit
};

// What the entries of one close share, after its exits.
struct EntryBudget {
  Decimal free_cash;     // without what open entries have reserved
  int open_markets = 0;  // open positions and open entry intents
  Decimal fee_rate;
  // What the owner's limits leave; nothing: no limit.
  std::optional<Decimal> exposure{};  // for what positions and open entries have cost
  std::optional<int> orders{};        // entries in the running hour
};

struct EntryVerdict {
  Decimal amount;  // granted; 0 if refused
  std::optional<RefusalReason> refusal;
};

// min(wanted, the whole currency units that cash pays for with their fee): what live sends and what
// a back-test fills.
Decimal affordable(Decimal wanted, Decimal cash, Decimal fee_rate);

// Indices of the candidates: larger strength first, then smaller priority, then market code.
std::vector<std::size_t> rank_entries(const std::vector<EntryCandidate>& candidates);

// One entry, in its turn, on what the exits and the entries ranked before it have left: refused
// MAX_OPEN_MARKETS when the slots are taken, else ORDER_RATE, else EXPOSURE_LIMIT or AMOUNT_BLOCKED
// when what the owner or the cash allows is too small. A refused entry takes nothing.
EntryVerdict judge_entry(const EntryCandidate& entry, const EntryBudget& left);

}  // namespace everbit::trading
