#pragma once

#include <string>
#include <string_view>

#include "everbit/status.h"

namespace everbit::exchange_upbit {

// Why a call cannot be served. `text` names the field and never repeats its value.
struct Failure {
  eb_status status = EB_OK;
  std::string text = {};

  explicit operator bool() const { return status != EB_OK; }
};

inline Failure bad_field(std::string_view name, std::string_view what) {
  return {EB_ERR_ARGUMENT, std::string(name).append(": ").append(what)};
}

}  // namespace everbit::exchange_upbit
