#pragma once

#include "everbit/ext/decimal.h"

namespace everbit::plugins {

// eb.decimal/1 over everbit::Decimal: the one implementation, also behind the mock host. Static.
const eb_decimal_v1& decimal_extension();

}  // namespace everbit::plugins
