#pragma once

#include <string_view>

#include "base/error.h"

namespace everbit::store {

// Codes of the errors that leave this folder. For those of a constraint or a trigger, Error::field
// is the name of the constraint, so that a caller can tell "one_open_intent" from the others.
inline constexpr std::string_view kUnavailable = "DB_UNAVAILABLE";   // no connection to be had
inline constexpr std::string_view kPoolTimeout = "DB_POOL_TIMEOUT";  // all connections in use
inline constexpr std::string_view kConnectionLost = "DB_CONNECTION_LOST";  // died while in use
inline constexpr std::string_view kTimeout = "DB_TIMEOUT";    // statement or lock timeout
inline constexpr std::string_view kShortage = "DB_SHORTAGE";  // disk, memory or connections
inline constexpr std::string_view kConflict = "DB_CONFLICT";  // deadlock: begin anew
inline constexpr std::string_view kUniqueViolation =
    "DB_UNIQUE_VIOLATION";                                        // the row is there already
inline constexpr std::string_view kConstraint = "DB_CONSTRAINT";  // check, foreign key, not null
inline constexpr std::string_view kRefused = "DB_REFUSED";        // a trigger said no
inline constexpr std::string_view kBadParameter = "DB_BAD_PARAMETER";  // a text with a NUL byte
inline constexpr std::string_view kSqlError = "DB_SQL_ERROR";          // all else: a bug of ours

Error make_error(std::string_view code, std::string message, std::string field = {});

}  // namespace everbit::store
