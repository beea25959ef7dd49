#pragma once

#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace everbit::api {

// What an error of the host is to a client. The message of the error stays in the log, as it may
// name what is nobody's business.
http::Response failure(const Error& error);
// The other way round, for a client of ours: the reason as code, with the message.
Error parse_failure(std::string_view body);

}  // namespace everbit::api
