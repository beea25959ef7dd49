#include "base/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/uint256.h"

namespace everbit {
namespace {

using detail::UInt256;

Error range_error() { return Error("DECIMAL_RANGE", "the number is outside the range of 10^20"); }
Error syntax_error() { return Error("DECIMAL_SYNTAX", "not a decimal number"); }
Error zero_error() { return Error("DECIMAL_DIVIDE_BY_ZERO", "division by zero"); }

Decimal or_throw(const Result<Decimal>& result) {
  if (result) return *result;
  if (result.error().code == "DECIMAL_DIVIDE_BY_ZERO") {
    throw std::domain_error(result.error().message);
  }
  throw std::overflow_error(result.error().message);
}

// A number as written, before it is brought to 18 places: 0.d1d2d3... * 10^point.
struct Digits {
  // Longer texts are not numbers of a market.
  static constexpr std::size_t kMax = 128;
  std::array<std::uint8_t, kMax> digit{};
  int count = 0;
  int point = 0;
  bool negative = false;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool scan(Digits& out) {
    if (text_.size() > Digits::kMax) return false;
    out.negative = take('-');
    const std::size_t integer_start = at_;
    if (!digits(out, true)) return false;
    const std::size_t integer_length = at_ - integer_start;
    if (integer_length > 1 && text_[integer_start] == '0') return false;
    if (take('.') && !digits(out, false)) return false;
    if (take('e') || take('E')) {
      int exponent = 0;
      if (!scan_exponent(exponent)) return false;
      out.point += exponent;
    }
    return at_ == text_.size();
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool is_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  bool digits(Digits& out, bool integer_part) {
    if (!is_digit()) return false;
    for (; is_digit(); ++at_) {
      const auto d = static_cast<std::uint8_t>(text_[at_] - '0');
      const bool leading_zero = d == 0 && out.count == 0;
      if (!leading_zero) out.digit[static_cast<std::size_t>(out.count++)] = d;
      if (integer_part && !leading_zero) ++out.point;
      if (!integer_part && leading_zero) --out.point;
    }
    return true;
  }

  bool scan_exponent(int& exponent) {
    const bool negative = take('-');
    if (!negative) take('+');
    if (!is_digit()) return false;
    // Anything past a thousand is out of range or zero either way.
    for (; is_digit(); ++at_) exponent = std::min(1000, exponent * 10 + (text_[at_] - '0'));
    if (negative) exponent = -exponent;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Decimal> Decimal::from_raw(Int128 raw) {
  if (raw >= kLimit || raw <= -kLimit) return range_error();
  return Decimal(raw);
}

Result<Decimal> Decimal::from_words(std::uint64_t low, std::int64_t high) {
  return from_raw((static_cast<Int128>(high) << 64) | low);
}

Result<Decimal> Decimal::parse(std::string_view text, DecimalParse mode) {
  Digits digits;
  if (!Scanner(text).scan(digits)) return syntax_error();
  if (digits.count == 0) return Decimal();
  if (digits.point > kIntegerDigits) return range_error();

  const int wanted = digits.point + kPlaces;
  Int128 raw = 0;
  for (int i = 0; i < wanted; ++i) {
    raw = raw * 10 + (i < digits.count ? digits.digit[static_cast<std::size_t>(i)] : 0);
  }
  if (mode == DecimalParse::kExact) {
    for (int i = std::max(0, wanted); i < digits.count; ++i) {
      if (digits.digit[static_cast<std::size_t>(i)] != 0) {
        return Error("DECIMAL_INEXACT", "more than 18 decimal places");
      }
    }
  }
  return Decimal(digits.negative ? -raw : raw);
}

Result<Decimal> Decimal::from_double(double value, DecimalParse mode) {
  if (!std::isfinite(value)) return range_error();
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return parse(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())), mode);
}

Decimal Decimal::of(std::string_view text) { return parse(text, DecimalParse::kExact).value(); }

std::string Decimal::to_string() const {
  std::array<char, 48> buffer{};
  std::size_t at = buffer.size();
  UInt128 rest = magnitude();
  bool significant = false;
  for (int place = 0; place < kPlaces || rest != 0 || place == kPlaces; ++place) {
    if (place == kPlaces && significant) buffer[--at] = '.';
    const auto digit = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    significant = significant || digit != '0' || place >= kPlaces;
    if (significant) buffer[--at] = digit;
  }
  if (is_negative()) buffer[--at] = '-';
  return std::string(buffer.data() + at, buffer.size() - at);
}

double Decimal::to_double() const {
  // Two exact doubles and one division give the nearest result; that covers prices and volumes of
  // up to eight places. The rest goes through the correctly rounding parser.
  constexpr Int128 kTenPlaces = 10'000'000'000;
  constexpr Int128 kExactDouble = Int128{1} << 53;
  const Int128 eight_places = raw() / kTenPlaces;
  if (raw() % kTenPlaces == 0 && eight_places < kExactDouble && eight_places > -kExactDouble) {
    return static_cast<double>(static_cast<std::int64_t>(eight_places)) / 1e8;
  }
  const std::string text = to_string();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<std::int64_t> Decimal::to_int64() const {
  const Int128 whole = raw() / kOne;
  if (whole > INT64_MAX || whole < INT64_MIN) return range_error();
  return static_cast<std::int64_t>(whole);
}

Decimal& Decimal::operator+=(Decimal other) { return *this = or_throw(checked_add(*this, other)); }
Decimal& Decimal::operator-=(Decimal other) { return *this = or_throw(checked_sub(*this, other)); }

Decimal Decimal::rounded(int places, Rounding rounding) const {
  if (places < 0 || places > kPlaces) throw std::domain_error("decimal places outside 0 to 18");
  Int128 unit = 1;
  for (int i = places; i < kPlaces; ++i) unit *= 10;
  return rounded_to(Decimal(unit), rounding);
}

Decimal Decimal::rounded_to(Decimal tick, Rounding rounding) const {
  if (!tick.is_positive()) throw std::domain_error("a tick is positive");
  const UInt128 unit = tick.magnitude();
  const UInt128 size = magnitude();
  UInt128 count = size / unit;
  const UInt128 rest = size % unit;
  const UInt128 other = unit - rest;
  const int twice_vs = rest < other ? -1 : (rest == other ? 0 : 1);
  if (detail::rounds_up(rounding, is_negative(), (count & 1) != 0, rest == 0, twice_vs)) ++count;
  // count * unit < 2 * 10^38, which an unsigned 128-bit number holds.
  const UInt128 result = count * unit;
  if (result >= static_cast<UInt128>(kLimit)) throw std::overflow_error("rounded past the range");
  return Decimal(is_negative() ? -static_cast<Int128>(result) : static_cast<Int128>(result));
}

bool Decimal::is_multiple_of(Decimal tick) const {
  if (!tick.is_positive()) throw std::domain_error("a tick is positive");
  return raw() % tick.raw() == 0;
}

int Decimal::places() const {
  if (is_zero()) return 0;
  int places = kPlaces;
  for (UInt128 rest = magnitude(); places > 0 && rest % 10 == 0; rest /= 10) --places;
  return places;
}

// Two magnitudes of just under 10^38 do not fit 128 bits together (2^127 is 1.7 * 10^38).
Result<Decimal> checked_add(Decimal a, Decimal b) {
  Decimal::Int128 sum = 0;
  if (__builtin_add_overflow(a.raw(), b.raw(), &sum)) return range_error();
  return Decimal::from_raw(sum);
}

Result<Decimal> checked_sub(Decimal a, Decimal b) { return checked_add(a, -b); }

Result<Decimal> checked_mul(Decimal a, Decimal b, Rounding rounding) {
  const bool negative = a.is_negative() != b.is_negative();
  const UInt256 product = UInt256(a.magnitude()) * UInt256(b.magnitude());
  const UInt256 quotient = detail::divide_rounded(
      product, UInt256(static_cast<Decimal::UInt128>(Decimal::kOne)), negative, rounding);
  if (quotient >= UInt256(static_cast<Decimal::UInt128>(Decimal::kLimit))) return range_error();
  const auto raw = static_cast<Decimal::Int128>(static_cast<Decimal::UInt128>(quotient));
  return Decimal(negative ? -raw : raw);
}

Result<Decimal> checked_div(Decimal a, Decimal b, Rounding rounding) {
  if (b.is_zero()) return zero_error();
  const bool negative = a.is_negative() != b.is_negative();
  const UInt256 scaled =
      UInt256(a.magnitude()) * UInt256(static_cast<Decimal::UInt128>(Decimal::kOne));
  const UInt256 quotient =
      detail::divide_rounded(scaled, UInt256(b.magnitude()), negative, rounding);
  if (quotient >= UInt256(static_cast<Decimal::UInt128>(Decimal::kLimit))) return range_error();
  const auto raw = static_cast<Decimal::Int128>(static_cast<Decimal::UInt128>(quotient));
  return Decimal(negative ? -raw : raw);
}

Decimal mul(Decimal a, Decimal b, Rounding rounding) {
  return or_throw(checked_mul(a, b, rounding));
}
Decimal div(Decimal a, Decimal b, Rounding rounding) {
  return or_throw(checked_div(a, b, rounding));
}

}  // namespace everbit
