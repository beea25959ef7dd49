#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/uuid.h"
#include "trading/types.h"

namespace everbit::trading {

// The body of a create-order: names and texts in the order in which they are sent and hashed
// (reference/upbit-api.md, section 4.4). Frozen with the attempt.
using OrderRequest = std::vector<std::pair<std::string, std::string>>;

// An entry: `krw` to spend at the best price, all or nothing. Our own resting orders, if there were
// any, win over it (smp_type cancel_taker).
OrderRequest entry_request(std::string_view market, Decimal krw, std::string_view identifier);

// An exit of `volume`. Take-profit and trail take what the best price gives at once; the stop, the
// time exit and the owner's own take any price.
OrderRequest exit_request(IntentType type, std::string_view market, Decimal volume,
                          std::string_view identifier);

// As the column request_json keeps it.
std::string to_json(const OrderRequest& request);

// "eb-<tag>-<uuid v7>": names an attempt at Upbit, for looking it up. Never used twice.
std::string make_identifier(std::string_view installation_tag, const Uuid& attempt);

}  // namespace everbit::trading
