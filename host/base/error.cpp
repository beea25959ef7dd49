#include "base/error.h"

namespace everbit {

std::string to_string(const Error& error) {
  std::string text = error.code;
  if (!error.field.empty()) text.append(" ").append(error.field);
  return text.append(": ").append(error.message);
}

}  // namespace everbit
