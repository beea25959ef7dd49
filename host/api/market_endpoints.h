#pragma once

#include "api/market_list.h"
#include "api/router.h"
#include "store/pool.h"
#include "trading/types.h"

namespace everbit::api {

// GET markets, POST markets/{market}/unsuspend, POST positions/{market}/adjust. `mode` is the
// daemon's; the pool and what the price is asked of outlive the router.
void add_market_endpoints(Router& router, store::Pool& pool, trading::OwnerId owner,
                          trading::Mode mode, PriceOf price_of);

}  // namespace everbit::api
