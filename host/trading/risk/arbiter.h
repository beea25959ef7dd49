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
};

struct EntryVerdict {
  std::size_t candidate = 0;  // index into the candidates, from arbitrate()
  Decimal amount;             // granted; 0 if refused
  std::optional<RefusalReason> refusal;
};

// min(wanted, the whole currency units that cash pays for with their fee): what live sends and what
// a back-test fills.
Decimal affordable(Decimal wanted, Decimal cash, Decimal fee_rate);

// Indices of the candidates: larger strength first, then smaller priority, then market code.
std::vector<std::size_t> rank_entries(const std::vector<EntryCandidate>& candidates);

// One entry, in its turn, on what the exits and the entries ranked before it have left: refused
// MAX_OPEN_MARKETS when the slots are taken, else AMOUNT_BLOCKED when the cash is too small. A
// refused entry takes neither.
EntryVerdict judge_entry(const EntryCandidate& entry, const EntryBudget& left);

// All entries of one close in ranking order, each granted one reserving its amount and fee. For
// live, where fills come later; a back-test fills each before it judges the next.
std::vector<EntryVerdict> arbitrate(const std::vector<EntryCandidate>& candidates,
                                    EntryBudget budget);

}  // namespace everbit::trading
