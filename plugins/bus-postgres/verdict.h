#pragma once

#include "bus-postgres/statement.h"
#include "bus-postgres/values.h"

namespace everbit::bus_postgres {

// The texts that go into a row are cut to what its columns hold.
std::string_view code_of(const eb_settle& settle);
std::string_view message_of(const eb_settle& settle);

// Whether a settle names a verdict at all.
bool is_verdict(const eb_settle& settle);

}  // namespace everbit::bus_postgres
