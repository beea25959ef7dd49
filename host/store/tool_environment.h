#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace everbit::store {

// A connection's address as environment variables of PostgreSQL's own programs (PGHOST, PGPASSWORD
// …), so that a password stands in no list of processes. Code DB_DSN.
Result<std::vector<std::pair<std::string, std::string>>> tool_environment(const std::string& dsn);

}  // namespace everbit::store
