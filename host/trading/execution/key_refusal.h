#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

struct KeyRefusal {
  OwnerId owner;
  std::string name;  // Upbit's own, as "no_authorization_ip"
  std::string trace_id;
};

// What the owner is shown for a refusal of that name: KEY_INVALID, KEY_EXPIRED, IP_NOT_ALLOWED,
// SCOPE_MISSING, or VERIFICATION_FAILED.
std::string_view key_error_of(std::string_view name);

// Upbit refused the key in use (401 of any name, 403 out_of_scope): upbit_key.verify_error is set,
// so that the gate refuses REAL orders, of the next process too, until a verification succeeds; and
// KeyRefused is told. A key that stands in the settings alone has no row: for it the flag in memory
// is all there is.
Result<void> store_key_refusal(store::Transaction& tx, Outbox& outbox, const KeyRefusal& refusal);

}  // namespace everbit::trading
