#pragma once

#include <cstdint>

#include "exchange-paper/exchange.h"
#include "state.hpp"

// What eb.state/1 keeps of the exchange. docs/decisions/5003 says why all of it, each time.
namespace everbit::exchange_paper {

inline constexpr std::uint32_t kStateVersion = 1;
inline constexpr const char* kStateSchema = "exchange-paper";

void save(const Records& records, const eb_sink& blob);
// Throws eb::Failure; nothing is half read.
Records load(std::uint32_t version, const eb_source& blob);

}  // namespace everbit::exchange_paper
