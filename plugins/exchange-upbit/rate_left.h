#pragma once

#include <optional>
#include <span>

#include "everbit/ext/exchange.h"

namespace everbit::exchange_upbit {

// The header Remaining-Req (reference §5), however it is spaced and ordered; nothing if there is
// none. One that cannot be read gives -1 calls left.
std::optional<eb_rate_left> read_rate_left(std::span<const eb_field> headers);

}  // namespace everbit::exchange_upbit
