#include "faults/seeded/journal.h"

#include <cstdio>
#include <string>

namespace everbit::faults {

void Journal::mix(std::string_view bytes) {
  for (const char byte : bytes) {
    digest_ = (digest_ ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  }
}

void Journal::note(std::string_view what, std::int64_t number, std::string_view more) {
  const auto at =
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady_now() - began_);
  std::string line = std::to_string(at.count()) + ' ';
  line.append(what).append(1, ' ').append(std::to_string(number));
  if (!more.empty()) line.append(1, ' ').append(more);
  line += '\n';
  mix(line);
  ++entries_;
  if (printed_) std::fputs(line.c_str(), stdout);
}

}  // namespace everbit::faults
