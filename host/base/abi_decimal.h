#pragma once

#include "base/decimal.h"
#include "everbit/decimal.h"

namespace everbit {

// The plugin ABI's decimal has the same words; what comes from a plugin may be out of range.
inline eb_dec to_abi(Decimal value) { return eb_dec{value.low_word(), value.high_word()}; }
inline Result<Decimal> from_abi(eb_dec value) { return Decimal::from_words(value.lo, value.hi); }

}  // namespace everbit
