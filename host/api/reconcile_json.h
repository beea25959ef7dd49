#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"

namespace everbit::api {

// The object of POST reconcile.
std::string accepted_json(const Uuid& job);
// The job of that; empty: it is not that.
std::optional<Uuid> parse_job(std::string_view json);

}  // namespace everbit::api
