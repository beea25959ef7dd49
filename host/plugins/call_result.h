#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "everbit/status.h"

namespace everbit::plugins {

// "EB_ERR_RANGE" for EB_ERR_RANGE; the name of its class for a number that this host does not know.
std::string_view status_name(eb_status status);

// What a callback of a plugin returned, and the text that it left with set_error during that call.
struct CallResult {
  eb_status status = EB_OK;
  std::string text;

  bool ok() const { return status == EB_OK; }
  // The error's code is the status' name; `field` says what was called.
  Result<void> to_result(std::string_view field) const;
};

}  // namespace everbit::plugins
