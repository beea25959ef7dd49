#include "trading/transient.h"

#include <algorithm>
#include <array>

#include "store/errors.h"

namespace everbit::trading {

bool is_transient(const Error& error) {
  constexpr std::array kTransient{store::kUnavailable, store::kPoolTimeout, store::kConnectionLost,
                                  store::kTimeout,     store::kShortage,    store::kConflict};
  return std::find(kTransient.begin(), kTransient.end(), error.code) != kTransient.end();
}

}  // namespace everbit::trading
