#pragma once

#include "strategy.hpp"
#include "watch.h"

namespace everbit::extreme_flip {

// Hands the answer to the host, with the figures that belong to a signal, and with all indicator
// values when the host keeps a ledger of them.
void report(const Market& market, const Answer& answer, eb::Decisions& decisions);

}  // namespace everbit::extreme_flip
