#pragma once

#include "base/error.h"

namespace everbit::trading {

// Whether an error of the database passes by itself, so that the same transaction may be tried
// again. The others are a bug or a broken rule: repeating them would only repeat them.
bool is_transient(const Error& error);

}  // namespace everbit::trading
