#include "exchange-upbit/error_body.h"

#include <algorithm>
#include <array>

#include "exchange-upbit/text.h"
#include "exchange-upbit/values.h"

namespace everbit::exchange_upbit {
namespace {

// Thirty days. A larger number is not a time, perhaps a timestamp.
constexpr std::int64_t kMaxBlockSeconds = 30 * 86'400;

bool read_inner(json::value& value, ErrorBody& error) {
  constexpr std::array<FieldSpec, 2> kSpecs{{{"name"}, {"message", {}, FieldKind::kText}}};
  std::array<Token, 2> t{};
  json::object object;
  std::int64_t number = 0;
  if (value.get_object().get(object) != simdjson::SUCCESS || !read_fields(object, kSpecs, t)) {
    return false;
  }
  if (integer(t[0], number)) {
    error.numeric = true;
    error.name = t[0].text;
  } else if (!word(t[0], error.name)) {
    return false;
  }
  return t[1].absent() || prose(t[1], error.message);
}

}  // namespace

std::optional<ErrorBody> read_error(json::object& object) {
  constexpr std::array<FieldSpec, 1> kSpecs{{{"error", {}, FieldKind::kNested}}};
  std::array<Token, 1> t{};
  ErrorBody error;
  const auto inner = [&](std::size_t, json::value& value) { return read_inner(value, error); };
  if (!read_fields(object, kSpecs, t, inner) || t[0].absent()) return std::nullopt;
  return error;
}

std::int64_t seconds_in(std::string_view message) {
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t start = message.find_first_of(kDigits);
  if (start == std::string_view::npos) return 0;
  const std::size_t end = std::min(message.find_first_not_of(kDigits, start), message.size());
  std::int64_t seconds = 0;
  return parse_whole(message.substr(start, end - start), kMaxBlockSeconds, seconds) ? seconds : 0;
}

}  // namespace everbit::exchange_upbit
