#pragma once

#include <string>
#include <utility>

namespace everbit {

// What a module reports to its caller when it could not do what was asked. `code` is a constant in
// UPPER_SNAKE case that callers may compare and that reaches the owner unchanged; `message` says in
// words what happened and never holds a secret; `field` names the offending input, or is empty.
// No constructor takes one argument, so that Result<std::string> stays unambiguous.
struct Error {
  Error() = default;
  Error(std::string code_in, std::string message_in, std::string field_in = {})
      : code(std::move(code_in)), message(std::move(message_in)), field(std::move(field_in)) {}

  std::string code;
  std::string message;
  std::string field;

  bool operator==(const Error&) const = default;
};

// "CODE field: message", for a log line or an exception's text.
std::string to_string(const Error& error);

}  // namespace everbit
