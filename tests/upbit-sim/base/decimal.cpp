#include "upbit-sim/base/decimal.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <stdexcept>

namespace everbit::upbit_sim {

namespace mp = boost::multiprecision;
using Wide =
    mp::number<mp::cpp_int_backend<256, 256, mp::signed_magnitude, mp::checked, void>, mp::et_off>;

// The bridge between the plain limbs of the header and Boost's integer, which stays in this file
// because its headers are slow to compile.
struct DecimalAccess {
  static Wide load(const Decimal& value) {
    Wide wide;
    mp::import_bits(wide, value.magnitude_.begin(), value.magnitude_.end(), 64, false);
    return value.negative_ ? Wide(-wide) : wide;
  }

  static Decimal store(const Wide& wide) {
    Decimal value;
    const Wide magnitude = mp::abs(wide);
    if (magnitude != 0) {
      mp::export_bits(magnitude, value.magnitude_.begin(), 64, false);
      value.negative_ = wide < 0;
    }
    return value;
  }
};

namespace {

Wide load(const Decimal& value) { return DecimalAccess::load(value); }
Decimal store(const Wide& wide) { return DecimalAccess::store(wide); }

const Wide& power_of_ten(int exponent) {
  static const std::array<Wide, 49> powers = [] {
    std::array<Wide, 49> table;
    table[0] = 1;
    for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
    return table;
  }();
  return powers.at(static_cast<std::size_t>(exponent));
}

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Decimal::Decimal(std::int64_t whole) : Decimal(from_scaled(whole, 0)) {}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || whole.size() > 29 || !all_digits(whole)) return std::nullopt;
  if (point != std::string_view::npos && fraction.empty()) return std::nullopt;
  if (fraction.size() > static_cast<std::size_t>(kScale) || !all_digits(fraction)) {
    return std::nullopt;
  }
  Wide units = 0;
  for (char digit : whole) units = units * 10 + (digit - '0');
  for (char digit : fraction) units = units * 10 + (digit - '0');
  units *= power_of_ten(kScale - static_cast<int>(fraction.size()));
  return store(negative ? Wide(-units) : units);
}

Decimal Decimal::of(std::string_view text) {
  const auto value = parse(text);
  if (!value) throw std::invalid_argument("not a decimal: " + std::string(text));
  return *value;
}

Decimal Decimal::from_scaled(std::int64_t units, int decimals) {
  return store(Wide(units) * power_of_ten(kScale - decimals));
}

std::int64_t Decimal::to_scaled(int decimals) const {
  return static_cast<std::int64_t>(load(*this) / power_of_ten(kScale - decimals));
}

double Decimal::to_double() const { return std::stod(to_string()); }

std::string Decimal::to_string() const {
  const Wide magnitude = mp::abs(load(*this));
  std::string text = Wide(magnitude / power_of_ten(kScale)).str();
  if (const Wide rest = magnitude % power_of_ten(kScale); rest != 0) {
    std::string fraction = rest.str();
    fraction.insert(0, static_cast<std::size_t>(kScale) - fraction.size(), '0');
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += '.' + fraction;
  }
  return negative_ ? '-' + text : text;
}

int Decimal::decimals() const {
  const std::string text = to_string();
  const auto point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

bool Decimal::is_zero() const { return magnitude_ == std::array<std::uint64_t, 4>{}; }

Decimal Decimal::floor_to(int decimals) const {
  const Wide& step = power_of_ten(kScale - decimals);
  return store(load(*this) / step * step);
}

bool Decimal::is_multiple_of(const Decimal& step) const {
  return !step.is_zero() && load(*this) % load(step) == 0;
}

Decimal Decimal::divided_by(const Decimal& divisor) const {
  if (divisor.is_zero()) throw std::overflow_error("decimal division by zero");
  return store(load(*this) * power_of_ten(kScale) / load(divisor));
}

Decimal Decimal::operator-() const { return store(-load(*this)); }
Decimal operator+(const Decimal& a, const Decimal& b) { return store(load(a) + load(b)); }
Decimal operator-(const Decimal& a, const Decimal& b) { return store(load(a) - load(b)); }

Decimal operator*(const Decimal& a, const Decimal& b) {
  return store(load(a) * load(b) / power_of_ten(Decimal::kScale));
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.negative_ != b.negative_) {
    return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  for (std::size_t i = a.magnitude_.size(); i-- > 0;) {
    if (a.magnitude_[i] != b.magnitude_[i]) {
      const bool smaller = a.magnitude_[i] < b.magnitude_[i];
      return smaller != a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
    }
  }
  return std::strong_ordering::equal;
}

}  // namespace everbit::upbit_sim
