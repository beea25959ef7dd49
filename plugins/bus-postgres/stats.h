#pragma once

#include "bus-postgres/subscription.h"

namespace everbit::bus_postgres {

// The measurements of specification page 20 that the tables can tell, and the bus's own counters.
eb_status report_stats(Shared& shared, const eb_stat_sink& sink);

}  // namespace everbit::bus_postgres
