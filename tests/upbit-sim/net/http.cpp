#include "upbit-sim/net/http.h"

#include "upbit-sim/base/text.h"

namespace everbit::upbit_sim {

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [candidate, value] : headers) {
    if (equals_ignoring_case(candidate, name)) return value;
  }
  return {};
}

}  // namespace everbit::upbit_sim
