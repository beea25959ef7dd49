#pragma once

#include <optional>
#include <string>
#include <vector>

#include "faults/seeded/exchange_model.h"
#include "faults/seeded/run_database.h"

namespace everbit::faults {

// How it ended, the same for the same seed.
std::string end_of(RunDatabase& database);

// Why the run is not over yet; nothing when it is. An UNKNOWN attempt may stay, if its market is
// suspended.
std::optional<std::string> unsettled(RunDatabase& database, const ExchangeModel& exchange);

// What must not be: in the database, at the exchange, and between the two.
std::vector<std::string> violations(RunDatabase& database, const ExchangeModel& exchange);

}  // namespace everbit::faults
