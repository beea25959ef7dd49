#pragma once

#include "base/error.h"

namespace everbit::store {

// For a catch block: what libpqxx has thrown, in the codes of store/errors.h.
Error caught_error();

}  // namespace everbit::store
