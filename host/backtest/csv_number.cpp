#include "backtest/csv_number.h"

#include <array>

#include "base/abi_decimal.h"

namespace everbit::backtest {
namespace {

constexpr std::uint64_t kExactDouble = std::uint64_t{1} << 53;

constexpr auto kPowers = [] {
  std::array<std::uint64_t, 19> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// Exact in a double up to 10^22.
constexpr auto kDoublePowers = [] {
  std::array<double, 19> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

struct Digits {
  std::uint64_t mantissa = 0;
  int places = 0;
};

// Digits with at most one point, nothing else.
bool read_digits(std::string_view text, Digits& out) {
  const std::size_t point = text.find('.');
  const std::size_t digits = text.size() - (point == std::string_view::npos ? 0 : 1);
  if (digits == 0 || digits > 19 || point == 0 || point + 1 == text.size()) return false;
  if (text.size() > 1 && text[0] == '0' && text[1] != '.') return false;
  std::uint64_t mantissa = 0;
  for (const char c : text) {
    if (c == '.') continue;
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return false;
    mantissa = mantissa * 10 + digit;
  }
  // A second point was read as a digit out of range only if it is one: count what is left.
  if (point != std::string_view::npos && text.find('.', point + 1) != std::string_view::npos) {
    return false;
  }
  out.mantissa = mantissa;
  out.places = point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
  return out.places <= 18;
}

eb_dec to_dec(const Digits& digits) {
  __extension__ typedef unsigned __int128 Wide;
  const auto factor = kPowers[static_cast<std::size_t>(18 - digits.places)];
  const Wide raw = static_cast<Wide>(digits.mantissa) * factor;
  return {static_cast<std::uint64_t>(raw), static_cast<std::int64_t>(raw >> 64)};
}

Result<CsvNumber> slowly(std::string_view text, Decimal scale) {
  const auto parsed = Decimal::parse(text, DecimalParse::kExact);
  if (!parsed) return parsed.error();
  const auto down = checked_mul(*parsed, scale, Rounding::kDown);
  if (!down) return down.error();
  const auto up = checked_mul(*parsed, scale, Rounding::kUp);
  if (!up || *up != *down) {
    return Error("DECIMAL_INEXACT", "the scaled price has more than 18 decimal places");
  }
  return CsvNumber{to_abi(*down), down->to_double()};
}

}  // namespace

PriceScale::PriceScale(Decimal scale) : scale_(scale) {
  Digits digits;
  if (read_digits(scale.to_string(), digits)) {
    mantissa_ = digits.mantissa;
    places_ = digits.places;
  }
}

Result<CsvNumber> parse_csv_number(std::string_view text, const PriceScale& scale) {
  Digits digits;
  if (scale.mantissa_ == 0 || !read_digits(text, digits)) return slowly(text, scale.scale_);
  Digits scaled{0, digits.places + scale.places_};
  if (__builtin_mul_overflow(digits.mantissa, scale.mantissa_, &scaled.mantissa) ||
      scaled.places > 18) {
    return slowly(text, scale.scale_);
  }
  const eb_dec exact = to_dec(scaled);
  if (eb_dec_valid(exact) == 0) return Error("DECIMAL_RANGE", "not below 10^20");
  if (scaled.mantissa < kExactDouble) {
    // Both operands are exact doubles, so the quotient is the nearest double of the decimal.
    const double divisor = kDoublePowers[static_cast<std::size_t>(scaled.places)];
    return CsvNumber{exact, static_cast<double>(scaled.mantissa) / divisor};
  }
  return CsvNumber{exact, from_abi(exact).value().to_double()};
}

}  // namespace everbit::backtest
