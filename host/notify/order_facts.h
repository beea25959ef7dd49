#pragma once

#include <optional>
#include <string>

#include "base/deadline.h"
#include "notify/notification.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::notify {

// What is known of the order that Upbit calls so; empty: nothing.
Result<std::optional<OrderFacts>> read_order(store::Pool& pool, store::OwnerId owner,
                                             const std::string& upbit_uuid, Deadline deadline);

}  // namespace everbit::notify
