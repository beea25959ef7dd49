#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange-upbit/json.h"

namespace everbit::exchange_upbit {

// {"error":{"name":…,"message":…}} (reference §6.1). Borrowed from the parser's copy.
struct ErrorBody {
  std::string_view name;  // as text also where Upbit sends a number
  std::string_view message;
  bool numeric = false;  // quotation: the name is the HTTP status
};

// The error inside an object that was started at its first key; nothing if it has no such form.
std::optional<ErrorBody> read_error(json::object& object);

// The first whole number in a message, if it can be a time in seconds; else 0.
std::int64_t seconds_in(std::string_view message);

}  // namespace everbit::exchange_upbit
