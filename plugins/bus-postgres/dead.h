#pragma once

#include <string>
#include <vector>

#include "bus-postgres/connection.h"

namespace everbit::bus_postgres {

// Dead events of a group and stream whose sequence number is above `after`, oldest first.
eb_status list_dead(Connection& connection, std::string_view stream, std::string_view group,
                    std::uint64_t after, std::uint32_t max, const eb_delivery_sink& sink);

// Puts dead events back into the queue with all their attempts before them, all or none.
// EB_ERR_NOT_FOUND if one is not dead, EB_ERR_UNSUPPORTED if one is a trade command.
eb_status requeue_dead(Connection& connection, std::string_view group,
                       const std::uint8_t (*event_ids)[16], std::uint32_t n,
                       std::vector<std::string>* streams);

// How many events of the stream the group has not settled, delayed ones included.
eb_status count_waiting(Connection& connection, std::string_view stream, std::string_view group,
                        std::uint64_t* n);

}  // namespace everbit::bus_postgres
