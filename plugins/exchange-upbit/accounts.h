#pragma once

#include "exchange-upbit/collected.h"
#include "exchange-upbit/values.h"

namespace everbit::exchange_upbit {

// One element of GET /v1/accounts (reference §4.1).
bool read_rest_account(json::object& object, const Values& values, Collected& out);
// A myAsset message: the currencies that changed (reference §7.8).
bool read_ws_assets(json::object& object, const Values& values, Collected& out);
// GET /v1/orders/chance (reference §4.2).
bool read_chance(json::object& object, const Values& values, Collected& out);
// One element of GET /v1/api_keys (reference §4.10).
bool read_api_key(json::object& object, const Values& values, Collected& out);

}  // namespace everbit::exchange_upbit
