#pragma once

#include <string_view>

#include "base/error.h"
#include "base/timestamp.h"
#include "http/message.h"

namespace everbit::api {

// What an error of the host is to a client. The message of the error stays in the log, as it may
// name what is nobody's business. `details` is JSON text.
http::Response failure(const Error& error, std::string_view details = {});
// Upbit is not to be called until then.
http::Response blocked(Timestamp until);
// The other way round, for a client of ours: the reason as code, with the message; the details, if
// there are any, as the field.
Error parse_failure(std::string_view body);

}  // namespace everbit::api
