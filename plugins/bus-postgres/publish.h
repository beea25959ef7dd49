#pragma once

#include "bus-postgres/statement.h"
#include "bus-postgres/values.h"

namespace everbit::bus_postgres {

// Writes the log row and a queue row for each group of the stream, in the caller's transaction and
// in one statement. EB_ERR_DUPLICATE for an event id that is stored already, EB_ERR_NOT_FOUND if no
// group reads the stream, EB_ERR_ARGUMENT; any other failure is the statement's own. After a
// failure the transaction is lost.
eb_status publish(Executor& executor, const Strided<const eb_bus_event>& events);

}  // namespace everbit::bus_postgres
