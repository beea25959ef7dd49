#include "plugins/services/decimal_extension.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace everbit::plugins {

namespace {

std::optional<Rounding> to_rounding(std::int32_t rounding) {
  switch (rounding) {
    case EB_ROUND_DOWN:
      return Rounding::kDown;
    case EB_ROUND_UP:
      return Rounding::kUp;
    case EB_ROUND_FLOOR:
      return Rounding::kFloor;
    case EB_ROUND_CEILING:
      return Rounding::kCeil;
    case EB_ROUND_HALF_EVEN:
      return Rounding::kHalfEven;
    default:
      return std::nullopt;
  }
}

eb_status to_status(const Error& error) {
  if (error.code == "DECIMAL_RANGE") return EB_ERR_RANGE;
  if (error.code == "DECIMAL_DIVIDE_BY_ZERO") return EB_ERR_DIVISION_BY_ZERO;
  if (error.code == "DECIMAL_INEXACT") return EB_ERR_INEXACT;
  return EB_ERR_PARSE;
}

eb_status give(const Result<Decimal>& result, eb_dec* out) {
  if (!result) return to_status(result.error());
  *out = {result->low_word(), result->high_word()};
  return EB_OK;
}

Result<Decimal> take(eb_dec value) { return Decimal::from_words(value.lo, value.hi); }

// Nothing may be thrown into a plugin.
template <class F>
eb_status guarded(F&& f) noexcept {
  try {
    return f();
  } catch (...) {
    return EB_ERR_RANGE;
  }
}

template <class Operation>
eb_status binary(eb_dec a, eb_dec b, std::int32_t rounding, eb_dec* out, Operation operation) {
  const auto mode = to_rounding(rounding);
  if (!mode || out == nullptr) return EB_ERR_ARGUMENT;
  return guarded([&]() -> eb_status {
    const auto left = take(a);
    const auto right = take(b);
    if (!left || !right) return EB_ERR_RANGE;
    return give(operation(*left, *right, *mode), out);
  });
}

eb_status mul(eb_dec a, eb_dec b, std::int32_t rounding, eb_dec* out) {
  return binary(a, b, rounding, out, checked_mul);
}

eb_status div(eb_dec a, eb_dec b, std::int32_t rounding, eb_dec* out) {
  return binary(a, b, rounding, out, checked_div);
}

eb_status parse(eb_str text, std::int32_t mode, eb_dec* out) {
  if (out == nullptr || (text.ptr == nullptr && text.len != 0)) return EB_ERR_ARGUMENT;
  if (mode != EB_PARSE_EXACT && mode != EB_PARSE_DOWN) return EB_ERR_ARGUMENT;
  return guarded([&] {
    return give(Decimal::parse(std::string_view(text.ptr, text.len),
                               mode == EB_PARSE_EXACT ? DecimalParse::kExact : DecimalParse::kDown),
                out);
  });
}

eb_status format(eb_dec value, const eb_sink* text) {
  if (text == nullptr || text->write == nullptr) return EB_ERR_ARGUMENT;
  return guarded([&]() -> eb_status {
    const auto decimal = take(value);
    if (!decimal) return EB_ERR_RANGE;
    const std::string spelled = decimal->to_string();
    return text->write(text->ctx, reinterpret_cast<const std::uint8_t*>(spelled.data()),
                       spelled.size());
  });
}

// Whether the digits after the eighteenth place push the magnitude up.
bool rounds_away(std::string_view kept, std::string_view rest, bool negative, Rounding rounding) {
  switch (rounding) {
    case Rounding::kUp:
      return true;
    case Rounding::kFloor:
      return negative;
    case Rounding::kCeil:
      return !negative;
    case Rounding::kHalfEven: {
      if (rest.front() != '5') return rest.front() > '5';
      const bool tie = rest.find_first_not_of('0', 1) == std::string_view::npos;
      return !tie || (kept.back() - '0') % 2 != 0;
    }
    default:
      return false;
  }
}

eb_status from_double(double value, std::int32_t rounding, eb_dec* out) {
  const auto mode = to_rounding(rounding);
  if (!mode || out == nullptr) return EB_ERR_ARGUMENT;
  return guarded([&]() -> eb_status {
    const auto cut = Decimal::from_double(value, DecimalParse::kDown);
    if (!cut) return EB_ERR_RANGE;
    // The shortest text, written without exponent; 1e-308 needs the most digits.
    std::array<char, 400> buffer{};
    const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                       std::chars_format::fixed);
    const std::string_view text(buffer.data(), written.ptr);
    const auto point = text.find('.');
    const std::size_t end = point + 1 + Decimal::kPlaces;
    if (point == std::string_view::npos || text.size() <= end ||
        !rounds_away(text.substr(0, end), text.substr(end), value < 0, *mode)) {
      return give(cut, out);
    }
    const Decimal step = Decimal::smallest();
    return give(value < 0 ? checked_sub(*cut, step) : checked_add(*cut, step), out);
  });
}

double to_double(eb_dec value) {
  const auto decimal = take(value);
  return decimal ? decimal->to_double() : 0.0;
}

eb_status round_places(eb_dec value, std::int32_t places, std::int32_t rounding, eb_dec* out) {
  const auto mode = to_rounding(rounding);
  if (!mode || out == nullptr || places < 0 || places > Decimal::kPlaces) return EB_ERR_ARGUMENT;
  return guarded([&]() -> eb_status {
    const auto decimal = take(value);
    if (!decimal) return EB_ERR_RANGE;
    return give(decimal->rounded(places, *mode), out);
  });
}

eb_status round_tick(eb_dec value, eb_dec tick, std::int32_t rounding, eb_dec* out) {
  const auto mode = to_rounding(rounding);
  if (!mode || out == nullptr) return EB_ERR_ARGUMENT;
  return guarded([&]() -> eb_status {
    const auto decimal = take(value);
    const auto step = take(tick);
    if (!decimal || !step) return EB_ERR_RANGE;
    if (!step->is_positive()) return EB_ERR_ARGUMENT;
    return give(decimal->rounded_to(*step, *mode), out);
  });
}

constexpr eb_decimal_v1 kExtension{
    sizeof(eb_decimal_v1), 0,         mul,          div,       parse, format,
    from_double,           to_double, round_places, round_tick};

}  // namespace

const eb_decimal_v1& decimal_extension() { return kExtension; }

}  // namespace everbit::plugins
