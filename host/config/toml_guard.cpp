#include "config/toml_guard.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/utf8.h"

namespace everbit::config {
namespace {

constexpr std::size_t kMaxBytes = 256UL * 1024;
constexpr std::ptrdiff_t kMaxDots = 64;

bool is_utf8(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t length = utf8_length(line, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

bool is_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] == '#';
}

const char* fault_of(std::string_view line) {
  if (!is_utf8(line)) return "not UTF-8";
  if (!is_comment(line) && std::ranges::count(line, '.') > kMaxDots) return "too many dots";
  return nullptr;
}

}  // namespace

std::optional<Error> find_toml_fault(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Error("TOML_SYNTAX", "larger than " + std::to_string(kMaxBytes) + " bytes", "1");
  }
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    if (const char* fault = fault_of(one)) {
      return Error("TOML_SYNTAX", fault, std::to_string(line));
    }
    text.remove_prefix(std::min(text.size(), one.size() + 1));
  }
  return std::nullopt;
}

}  // namespace everbit::config
