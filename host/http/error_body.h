#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace everbit::http {

// One row of page 50's table of errors.
struct ErrorText {
  unsigned status;
  std::string_view code;
  std::string_view reason;
  std::string_view message;  // Korean, for people
};

// `{code, message, reasonCode, details}`; details are JSON text, null when empty.
Response error_response(const ErrorText& text, std::string_view details = {});
// The usual one of a status: 400, 403, 404, 405, 413, 415, 421, 431, 500, 503.
Response error_response(unsigned status);

}  // namespace everbit::http
