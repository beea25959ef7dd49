#pragma once

#include <string>

#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/rest/rest_api.h"

namespace everbit::upbit_sim {

// Everything the simulator has booked, as JSON: accounts, orders with their fills and fees, and the
// log of create-orders. Amounts are exact decimal strings.
std::string ledger_json(const Exchange& exchange, const RestApi& rest);

}  // namespace everbit::upbit_sim
