#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everbit::backtest::report {

// One chart as HTML: an inline SVG that stretches to whatever width there is, with its labels
// beside it as text, so that they stay readable on a phone. No script, no style of its own beyond
// classes.
class SvgChart {
 public:
  using Point = std::pair<std::int64_t, double>;  // time (ns), value

  // `title` is read out to those who cannot see it.
  SvgChart(std::string title, std::int64_t from, std::int64_t to);

  // The values to be shown; call before drawing. A flat range is widened; one that
  // ends at 0 keeps that end.
  void set_range(double low, double high);

  void line(std::string_view css, const std::vector<Point>& points);
  // Between the line and the value `base`.
  void area(std::string_view css, const std::vector<Point>& points, double base);
  // A vertical stroke from low to high.
  void column(std::string_view css, std::int64_t time, double low, double high);
  // A dot (round) or a square, with a text that shows up under the pointer.
  void mark(std::string_view css, std::int64_t time, double value, std::string_view text);

  enum class Labels { kMoney, kPercent, kPrice };
  std::string html(Labels labels) const;

 private:
  double x(std::int64_t time) const;
  double y(double value) const;
  std::string points_text(const std::vector<Point>& points) const;

  std::string title_;
  std::int64_t from_;
  std::int64_t to_;
  double low_ = 0;
  double high_ = 1;
  std::string body_;
};

// So few points that a chart can show them, each stretch's lowest and highest among them.
std::vector<SvgChart::Point> thinned(const std::vector<SvgChart::Point>& points);

}  // namespace everbit::backtest::report
