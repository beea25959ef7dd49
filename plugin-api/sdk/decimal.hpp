#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "eb.hpp"
#include "everbit/ext/decimal.h"

// Exact numbers of the ABI in C++: three types that cannot be mixed, and the host's arithmetic.
namespace eb {

// A decimal with a meaning. Adding and comparing stay within one meaning; the sum throws Failure
// when it leaves |x| < 10^20.
template <class Meaning>
class Amount {
 public:
  constexpr Amount() = default;
  constexpr explicit Amount(eb_dec raw) : raw_(raw) {}
  static Amount from_int(std::int64_t value) { return Amount(eb_dec_from_int(value)); }

  constexpr eb_dec raw() const { return raw_; }
  bool is_zero() const { return eb_dec_sign(raw_) == 0; }
  bool is_positive() const { return eb_dec_sign(raw_) > 0; }

  friend Amount operator+(Amount a, Amount b) {
    Amount sum;
    check(eb_dec_add(a.raw_, b.raw_, &sum.raw_), "decimal sum out of range");
    return sum;
  }
  friend Amount operator-(Amount a, Amount b) {
    Amount difference;
    check(eb_dec_sub(a.raw_, b.raw_, &difference.raw_), "decimal difference out of range");
    return difference;
  }
  friend bool operator==(Amount a, Amount b) { return eb_dec_compare(a.raw_, b.raw_) == 0; }
  friend std::strong_ordering operator<=>(Amount a, Amount b) {
    return eb_dec_compare(a.raw_, b.raw_) <=> 0;
  }

 private:
  eb_dec raw_{0, 0};
};

using Price = Amount<struct PriceMeaning>;        // quote currency for one unit of base coin
using Quantity = Amount<struct QuantityMeaning>;  // base coin
using Money = Amount<struct MoneyMeaning>;        // quote currency

// The host's eb.decimal/1. Every failure is a Failure. Any thread.
class DecimalMath {
 public:
  explicit DecimalMath(const Host& host) : api_(host.require<eb_decimal_v1>(EB_EXT_DECIMAL)) {}

  Money value(Quantity quantity, Price price) const {
    return Money(multiply(quantity.raw(), price.raw(), EB_ROUND_DOWN));
  }
  Quantity quantity_for(Money money, Price price) const {
    eb_dec out{0, 0};
    check(api_->div(money.raw(), price.raw(), EB_ROUND_DOWN, &out), "decimal division");
    return Quantity(out);
  }
  // A share of a quantity, 0 to 1.
  Quantity part(Quantity quantity, eb_dec share) const {
    return Quantity(multiply(quantity.raw(), share, EB_ROUND_DOWN));
  }
  // A share of an amount: a fee.
  Money part(Money money, eb_dec share) const {
    return Money(multiply(money.raw(), share, EB_ROUND_DOWN));
  }
  Quantity cut(Quantity quantity, int places) const {
    eb_dec out{0, 0};
    check(api_->round_places(quantity.raw(), places, EB_ROUND_DOWN, &out), "decimal rounding");
    return Quantity(out);
  }
  double to_double(eb_dec value) const { return api_->to_double(value); }
  // The decimal that the double's shortest text names.
  eb_dec from_double(double value) const {
    eb_dec out{0, 0};
    check(api_->from_double(value, EB_ROUND_DOWN, &out), "no decimal: the double is out of range");
    return out;
  }
  // The shortest text, without exponent.
  std::string text(eb_dec value) const {
    std::string out;
    const eb_sink sink{sizeof(eb_sink), 0, &out,
                       [](void* ctx, const std::uint8_t* bytes, std::uint64_t len) -> eb_status {
                         static_cast<std::string*>(ctx)->append(
                             reinterpret_cast<const char*>(bytes), len);
                         return EB_OK;
                       }};
    check(api_->format(value, &sink), "decimal text");
    return out;
  }
  eb_dec parse(std::string_view text) const {
    eb_dec out{0, 0};
    check(api_->parse(str(text), EB_PARSE_EXACT, &out), "no exact decimal: " + std::string(text));
    return out;
  }

 private:
  eb_dec multiply(eb_dec a, eb_dec b, std::int32_t rounding) const {
    eb_dec out{0, 0};
    check(api_->mul(a, b, rounding, &out), "decimal product out of range");
    return out;
  }

  const eb_decimal_v1* api_;
};

}  // namespace eb
