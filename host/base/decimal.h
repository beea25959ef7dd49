#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace everbit {

// Which neighbour a result that does not fit is cut to.
enum class Rounding {
  kDown,      // towards zero
  kUp,        // away from zero
  kFloor,     // towards minus infinity
  kCeil,      // towards plus infinity
  kHalfEven,  // nearest, a tie to the even neighbour
  kHalfUp,    // nearest, a tie away from zero
};

// What parsing does with digits past the 18th decimal place.
enum class DecimalParse {
  kExact,  // refuses the text unless the rest is zero
  kDown,   // drops the rest, towards zero (balances: Upbit sends up to 20 places)
};

// An exact decimal number for price, volume and money: a multiple of 10^-18 with |x| < 10^20, the
// range of numeric(38,18) in the database. It has one representation for each value, so that bytes,
// hashes and idempotency keys agree. The memory layout is that of the plugin ABI's eb_dec: 128-bit
// two's complement, low word first. A value, safe from any thread.
//
// The operators and the functions without `checked_` throw std::overflow_error when the result
// leaves the range and std::domain_error on a division by zero: use them where the operands are
// already validated. The `checked_` forms return DECIMAL_RANGE or DECIMAL_DIVIDE_BY_ZERO instead.
class Decimal {
 public:
  static constexpr int kPlaces = 18;
  static constexpr int kIntegerDigits = 20;

  constexpr Decimal() = default;

  static constexpr Decimal from_int(std::int64_t value) {
    return Decimal(static_cast<Int128>(value) * kOne);
  }
  // The two words of the ABI; anything outside the range is refused.
  static Result<Decimal> from_words(std::uint64_t low, std::int64_t high);
  // A JSON number, also in exponent form ("9.101e-05"). Codes: DECIMAL_SYNTAX, DECIMAL_RANGE,
  // DECIMAL_INEXACT.
  static Result<Decimal> parse(std::string_view text, DecimalParse mode);
  // The value of the shortest text that reads back as `value`, not its binary expansion.
  static Result<Decimal> from_double(double value, DecimalParse mode = DecimalParse::kDown);
  // For constants in code: throws ResultError when the text is no exact decimal.
  static Decimal of(std::string_view text);

  static constexpr Decimal max() { return Decimal(kLimit - 1); }
  static constexpr Decimal min() { return Decimal(1 - kLimit); }
  // 10^-18
  static constexpr Decimal smallest() { return Decimal(Int128{1}); }

  constexpr std::uint64_t low_word() const { return low_; }
  constexpr std::int64_t high_word() const { return high_; }

  // No exponent, no trailing zeros, no plus sign, "0" for zero.
  std::string to_string() const;
  // Nearest double; for indicators only, never back into money.
  double to_double() const;
  // The integer part, towards zero; DECIMAL_RANGE when it does not fit.
  Result<std::int64_t> to_int64() const;

  constexpr bool is_zero() const { return low_ == 0 && high_ == 0; }
  constexpr bool is_negative() const { return high_ < 0; }
  constexpr bool is_positive() const { return high_ >= 0 && !is_zero(); }
  constexpr int sign() const { return is_negative() ? -1 : (is_zero() ? 0 : 1); }
  constexpr Decimal abs() const { return is_negative() ? Decimal(-raw()) : *this; }
  constexpr Decimal operator-() const { return Decimal(-raw()); }

  Decimal& operator+=(Decimal other);
  Decimal& operator-=(Decimal other);
  friend Decimal operator+(Decimal a, Decimal b) { return a += b; }
  friend Decimal operator-(Decimal a, Decimal b) { return a -= b; }

  friend constexpr bool operator==(Decimal a, Decimal b) {
    return a.low_ == b.low_ && a.high_ == b.high_;
  }
  friend constexpr std::strong_ordering operator<=>(Decimal a, Decimal b) {
    return a.high_ != b.high_ ? a.high_ <=> b.high_ : a.low_ <=> b.low_;
  }

  // At most `places` (0 to 18) decimal places.
  Decimal rounded(int places, Rounding rounding) const;
  // The multiple of `tick` (> 0) that `rounding` names; price to tick size.
  Decimal rounded_to(Decimal tick, Rounding rounding) const;
  // True when this is a whole multiple of `tick` (> 0).
  bool is_multiple_of(Decimal tick) const;
  // The number of decimal places that the canonical text has.
  int places() const;

 private:
  friend class WideDecimal;
  friend Result<Decimal> checked_add(Decimal, Decimal);
  friend Result<Decimal> checked_sub(Decimal, Decimal);
  friend Result<Decimal> checked_mul(Decimal, Decimal, Rounding);
  friend Result<Decimal> checked_div(Decimal, Decimal, Rounding);

  __extension__ typedef __int128 Int128;
  __extension__ typedef unsigned __int128 UInt128;
  static constexpr Int128 kOne = 1'000'000'000'000'000'000;
  static constexpr Int128 kLimit = kOne * kOne * 100;

  explicit constexpr Decimal(Int128 raw)
      : low_(static_cast<std::uint64_t>(raw)), high_(static_cast<std::int64_t>(raw >> 64)) {}

  constexpr Int128 raw() const { return (static_cast<Int128>(high_) << 64) | low_; }
  constexpr UInt128 magnitude() const {
    return is_negative() ? static_cast<UInt128>(-raw()) : static_cast<UInt128>(raw());
  }
  static Result<Decimal> from_raw(Int128 raw);

  std::uint64_t low_ = 0;
  std::int64_t high_ = 0;
};

static_assert(sizeof(Decimal) == 16, "the plugin ABI's eb_dec has 16 bytes");

Result<Decimal> checked_add(Decimal a, Decimal b);
Result<Decimal> checked_sub(Decimal a, Decimal b);
// Product and quotient are computed exactly in 256 bits, then cut to 18 places once.
Result<Decimal> checked_mul(Decimal a, Decimal b, Rounding rounding);
Result<Decimal> checked_div(Decimal a, Decimal b, Rounding rounding);
Decimal mul(Decimal a, Decimal b, Rounding rounding);
Decimal div(Decimal a, Decimal b, Rounding rounding);

}  // namespace everbit

template <>
struct std::hash<everbit::Decimal> {
  std::size_t operator()(everbit::Decimal value) const noexcept {
    const auto high = static_cast<std::uint64_t>(value.high_word());
    return static_cast<std::size_t>((value.low_word() ^ (high << 1)) * 0x9E3779B97F4A7C15ULL);
  }
};
