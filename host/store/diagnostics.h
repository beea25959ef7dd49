#pragma once

#include <string>
#include <string_view>

namespace everbit::store {

// What a server said about a failed statement, taken from the text that libpqxx hands on, since it
// hands on no field but the SQLSTATE. The text is libpq's at verbosity "verbose": the message, then
// lines that begin with a label. Values of the caller's rows may stand in it, line breaks included.
struct Diagnostics {
  std::string message;     // the primary message, and the detail behind a semicolon
  std::string constraint;  // empty when none is named
};

// The constraint is only looked for where the server itself writes it: last, before the location.
Diagnostics read_diagnostics(std::string_view text, std::string_view sqlstate);

}  // namespace everbit::store
