#include "exchange-upbit/rate_left.h"

#include <algorithm>

#include "exchange-upbit/collected.h"
#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

constexpr std::int64_t kMaxLeft = 1'000'000;

bool is_header(std::string_view name, std::string_view lower_case) {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view stripped(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<eb_rate_left> read_rate_left(std::span<const eb_field> headers) {
  const auto header = std::find_if(headers.begin(), headers.end(), [](const eb_field& field) {
    return is_header(view(field.key), "remaining-req");
  });
  if (header == headers.end()) return std::nullopt;

  auto left = make<eb_rate_left>();
  left.left = -1;
  std::string_view rest = view(header->value);
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = stripped(item.substr(0, equals));
    const std::string_view value = stripped(item.substr(equals + 1));
    std::int64_t calls = 0;
    if (name == "group" && value.size() <= 64) left.group = borrow(value);
    if (name == "sec" && parse_whole(value, kMaxLeft, calls)) {
      left.left = static_cast<std::int32_t>(calls);
    }
  }
  return left;
}

}  // namespace everbit::exchange_upbit
