#include "backtest/optimize/search_space.h"

#include <algorithm>

#include "base/decimal.h"

namespace everbit::backtest {
namespace {

constexpr std::size_t kMostValues = 10'000;
constexpr std::size_t kMostSets = 1'000'000'000;

Error usage(std::string why) { return {"USAGE", std::move(why), "param"}; }

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Result<std::vector<std::string>> steps(const std::vector<std::string>& parts,
                                       const std::string& text) {
  if (parts.size() != 3) return usage("a range is lo:hi:step, not " + text);
  const auto low = Decimal::parse(parts[0], DecimalParse::kExact);
  const auto high = Decimal::parse(parts[1], DecimalParse::kExact);
  const auto step = Decimal::parse(parts[2], DecimalParse::kExact);
  if (!low || !high || !step) return usage("not numbers: " + text);
  if (!step->is_positive() || *high < *low) return usage("lo:hi:step must go upwards: " + text);
  std::vector<std::string> values;
  for (Decimal value = *low; value <= *high; value += *step) {
    if (values.size() == kMostValues) return usage("more than 10,000 values: " + text);
    values.push_back(value.to_string());
  }
  return values;
}

}  // namespace

Result<Dimension> parse_dimension(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return usage("must be KEY=lo:hi:step or KEY=a,b,c, not " + std::string(text));
  }
  Dimension dimension;
  dimension.key = text.substr(0, equals);
  const std::string rest(text.substr(equals + 1));
  if (rest.find(':') != std::string::npos) {
    auto values = steps(split(rest, ':'), std::string(text));
    if (!values) return values.error();
    dimension.values = std::move(*values);
    dimension.is_range = true;
    return dimension;
  }
  dimension.values = split(rest, ',');
  auto sorted = dimension.values;
  std::ranges::sort(sorted);
  if (sorted.front().empty()) return usage("an empty value: " + std::string(text));
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    return usage("a value twice: " + std::string(text));
  }
  return dimension;
}

Result<SearchSpace> SearchSpace::make(std::vector<Dimension> dimensions) {
  SearchSpace space;
  if (dimensions.empty()) return usage("at least one parameter to search");
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (dimensions[k].key == dimensions[i].key) return usage("twice: " + dimensions[i].key);
    }
    space.size_ *= dimensions[i].values.size();
    if (space.size_ > kMostSets) return usage("more than 10^9 sets");
  }
  space.dimensions_ = std::move(dimensions);
  return space;
}

Point SearchSpace::at(std::size_t i) const {
  Point point(dimensions_.size());
  for (std::size_t d = dimensions_.size(); d-- > 0;) {
    const std::size_t n = dimensions_[d].values.size();
    point[d] = i % n;
    i /= n;
  }
  return point;
}

std::vector<std::pair<std::string, std::string>> SearchSpace::params(const Point& point) const {
  std::vector<std::pair<std::string, std::string>> params;
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    params.emplace_back(dimensions_[d].key, dimensions_[d].values[point[d]]);
  }
  return params;
}

}  // namespace everbit::backtest
