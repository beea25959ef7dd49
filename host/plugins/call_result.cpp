#include "plugins/call_result.h"

namespace everbit::plugins {

std::string_view status_name(eb_status status) {
  switch (status) {
#define EVERBIT_NAME(name) \
  case name:               \
    return #name
    EVERBIT_NAME(EB_OK);
    EVERBIT_NAME(EB_ERR_ARGUMENT);
    EVERBIT_NAME(EB_ERR_UNKNOWN_KEY);
    EVERBIT_NAME(EB_ERR_PARSE);
    EVERBIT_NAME(EB_ERR_TOO_LARGE);
    EVERBIT_NAME(EB_ERR_STATE);
    EVERBIT_NAME(EB_ERR_NOT_FOUND);
    EVERBIT_NAME(EB_ERR_UNSUPPORTED);
    EVERBIT_NAME(EB_ERR_BUSY);
    EVERBIT_NAME(EB_ERR_CLOSED);
    EVERBIT_NAME(EB_ERR_SCHEMA);
    EVERBIT_NAME(EB_ERR_DUPLICATE);
    EVERBIT_NAME(EB_ERR_RANGE);
    EVERBIT_NAME(EB_ERR_INEXACT);
    EVERBIT_NAME(EB_ERR_DIVISION_BY_ZERO);
    EVERBIT_NAME(EB_ERR_IO);
    EVERBIT_NAME(EB_ERR_TIMEOUT);
    EVERBIT_NAME(EB_ERR_NOT_SENT);
    EVERBIT_NAME(EB_ERR_CANCELLED);
    EVERBIT_NAME(EB_ERR_TX_LOST);
    EVERBIT_NAME(EB_ERR_LOST_LEASE);
    EVERBIT_NAME(EB_ERR_AUTH);
    EVERBIT_NAME(EB_ERR_SCOPE);
    EVERBIT_NAME(EB_ERR_RATE_LIMIT);
    EVERBIT_NAME(EB_ERR_BLOCKED);
    EVERBIT_NAME(EB_ERR_UNKNOWN_OUTCOME);
    EVERBIT_NAME(EB_ERR_INTERNAL);
    EVERBIT_NAME(EB_ERR_NO_MEMORY);
    EVERBIT_NAME(EB_ERR_EXCEPTION);
#undef EVERBIT_NAME
    default:
      break;
  }
  const eb_status of_class = EB_STATUS_CLASS(status);
  if (of_class == status || status > 0) return "EB_ERR_INTERNAL";
  return status_name(of_class);
}

Result<void> CallResult::to_result(std::string_view field) const {
  if (ok()) return {};
  std::string message = text.empty() ? "the plugin gave no text" : text;
  return Error(std::string(status_name(status)), std::move(message), std::string(field));
}

}  // namespace everbit::plugins
