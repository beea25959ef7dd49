#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace everbit {

void secure_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

std::string secure_random_hex(std::size_t bytes) {
  std::vector<std::uint8_t> buffer(bytes);
  secure_random(buffer);
  return to_hex(buffer);
}

}  // namespace everbit
