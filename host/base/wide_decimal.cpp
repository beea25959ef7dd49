#include "base/wide_decimal.h"

#include <algorithm>
#include <stdexcept>

#include "base/uint256.h"

namespace everbit {
namespace {

using detail::UInt256;
using detail::UInt512;
using Words = std::array<std::uint64_t, 4>;

constexpr std::uint64_t kTo18Places = 1'000'000'000'000'000'000;

Words negated(const Words& words) {
  Words out{};
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out[i] = ~words[i] + carry;
    carry = (carry != 0 && out[i] == 0) ? 1 : 0;
  }
  return out;
}

bool negative(const Words& words) { return (words[3] >> 63) != 0; }

UInt256 magnitude(const Words& words) {
  const Words positive = negative(words) ? negated(words) : words;
  UInt256 out = 0;
  for (std::size_t i = 4; i-- > 0;) {
    out <<= 64;
    out |= positive[i];
  }
  return out;
}

Words to_words(UInt256 size, bool is_negative) {
  Words words{};
  for (auto& word : words) {
    word = static_cast<std::uint64_t>(size & UInt256(UINT64_MAX));
    size >>= 64;
  }
  if (negative(words)) throw std::overflow_error("outside the range of WideDecimal");
  return is_negative ? negated(words) : words;
}

}  // namespace

WideDecimal::WideDecimal(Decimal value)
    : words_(to_words(UInt256(value.magnitude()) * UInt256(kTo18Places), value.is_negative())) {}

WideDecimal WideDecimal::product(Decimal a, Decimal b) {
  WideDecimal out;
  const UInt256 size = UInt256(a.magnitude()) * UInt256(b.magnitude());
  out.words_ = to_words(size, a.is_negative() != b.is_negative());
  return out;
}

WideDecimal& WideDecimal::operator+=(const WideDecimal& other) {
  const bool same_sign = is_negative() == other.is_negative();
  const bool was_negative = is_negative();
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::uint64_t partial = words_[i] + carry;
    const std::uint64_t first = partial < carry ? 1 : 0;
    words_[i] = partial + other.words_[i];
    carry = first + (words_[i] < partial ? 1 : 0);
  }
  if (same_sign && is_negative() != was_negative) {
    throw std::overflow_error("outside the range of WideDecimal");
  }
  return *this;
}

WideDecimal& WideDecimal::operator-=(const WideDecimal& other) { return *this += -other; }

WideDecimal WideDecimal::operator-() const {
  WideDecimal out;
  out.words_ = negated(words_);
  return out;
}

bool WideDecimal::is_zero() const { return words_ == Words{}; }

std::strong_ordering operator<=>(const WideDecimal& a, const WideDecimal& b) {
  if (a.is_negative() != b.is_negative()) return b.is_negative() <=> a.is_negative();
  for (std::size_t i = 4; i-- > 0;) {
    if (a.words_[i] != b.words_[i]) return a.words_[i] <=> b.words_[i];
  }
  return std::strong_ordering::equal;
}

Result<Decimal> WideDecimal::cut(Rounding rounding) const { return divided_by(1, rounding); }

Result<Decimal> WideDecimal::divided_by(std::uint64_t divisor, Rounding rounding) const {
  if (divisor == 0) return Error("DECIMAL_DIVIDE_BY_ZERO", "division by zero");
  const UInt256 size = detail::divide_rounded(
      magnitude(words_), UInt256(kTo18Places) * UInt256(divisor), is_negative(), rounding);
  if (size >= UInt256(static_cast<Decimal::UInt128>(Decimal::kLimit))) {
    return Error("DECIMAL_RANGE", "the number is outside the range of 10^20");
  }
  const auto raw = static_cast<Decimal::Int128>(static_cast<Decimal::UInt128>(size));
  return Decimal::from_raw(is_negative() ? -raw : raw);
}

Result<Decimal> WideDecimal::divided_by(const WideDecimal& divisor, Rounding rounding) const {
  if (divisor.is_zero()) return Error("DECIMAL_DIVIDE_BY_ZERO", "division by zero");
  const bool is_minus = is_negative() != divisor.is_negative();
  const UInt512 scaled = UInt512(magnitude(words_)) * UInt512(kTo18Places);
  const UInt512 size =
      detail::divide_rounded(scaled, UInt512(magnitude(divisor.words_)), is_minus, rounding);
  if (size >= UInt512(static_cast<Decimal::UInt128>(Decimal::kLimit))) {
    return Error("DECIMAL_RANGE", "the number is outside the range of 10^20");
  }
  const auto raw = static_cast<Decimal::Int128>(static_cast<Decimal::UInt128>(size));
  return Decimal::from_raw(is_minus ? -raw : raw);
}

std::string WideDecimal::to_string() const {
  std::string digits = magnitude(words_).str();
  constexpr std::size_t kWidePlaces = 36;
  if (digits.size() <= kWidePlaces) digits.insert(0, kWidePlaces + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - kWidePlaces);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string text = is_negative() ? "-" : "";
  text += digits.substr(0, digits.size() - kWidePlaces);
  if (!fraction.empty()) text.append(".").append(fraction);
  return text;
}

}  // namespace everbit
