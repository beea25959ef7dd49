#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace everbit::backtest {

// One searched parameter and the values it may take, in order.
struct Dimension {
  std::string key;
  std::vector<std::string> values;
  bool is_range = false;  // neighbours in the list are neighbours in value
};

// A set of parameters: for each dimension the index of its value.
using Point = std::vector<std::size_t>;

// "key=lo:hi:step" (exact decimals, both ends included) or "key=a,b,c". Code USAGE, field param.
Result<Dimension> parse_dimension(std::string_view text);

// What is searched: the dimensions in the order in which they were given, which breaks ties.
class SearchSpace {
 public:
  // Code USAGE: no dimension, one given twice, more than 10^9 sets.
  static Result<SearchSpace> make(std::vector<Dimension> dimensions);

  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  std::size_t size() const { return size_; }
  // The i-th set in parameter order: the last dimension runs fastest.
  Point at(std::size_t i) const;
  std::vector<std::pair<std::string, std::string>> params(const Point& point) const;

 private:
  std::vector<Dimension> dimensions_;
  std::size_t size_ = 1;
};

}  // namespace everbit::backtest
