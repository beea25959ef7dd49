#pragma once

#include <string>

#include "api/router.h"
#include "store/pool.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::api {

// GET orders, POST attempts/{publicId}/resolve, POST orders/{upbitUuid}/cancel. No endpoint sends
// an order again. `mode` is the daemon's; pool and outbox outlive the router.
void add_order_endpoints(Router& router, store::Pool& pool, trading::Outbox& outbox,
                         trading::OwnerId owner, trading::Mode mode);

}  // namespace everbit::api
