#include "backtest/report/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "backtest/report/html_text.h"

namespace everbit::backtest::report {
namespace {

constexpr double kWidth = 1'000;
constexpr double kHeight = 300;
constexpr std::size_t kStretches = 700;
constexpr int kLines = 4;
constexpr int kDates = 4;

using Point = SvgChart::Point;

std::string label_of(double value, SvgChart::Labels labels) {
  if (labels == SvgChart::Labels::kPercent) return percent(value);
  if (std::abs(value) >= 1'000) return grouped(Decimal::from_double(value).value());
  return fmt::format("{:.4g}", value);
}

}  // namespace

SvgChart::SvgChart(std::string title, std::int64_t from, std::int64_t to)
    : title_(std::move(title)), from_(from), to_(std::max(to, from + 1)) {}

void SvgChart::set_range(double low, double high) {
  const double margin = high > low ? (high - low) * 0.04 : std::max(std::abs(high), 1.0) * 0.01;
  low_ = low - margin;
  high_ = high == 0 ? 0 : high + margin;
}

double SvgChart::x(std::int64_t time) const {
  return kWidth * static_cast<double>(time - from_) / static_cast<double>(to_ - from_);
}

double SvgChart::y(double value) const { return kHeight * (high_ - value) / (high_ - low_); }

std::string SvgChart::points_text(const std::vector<Point>& points) const {
  std::string text;
  for (const auto& [time, value] : points) {
    fmt::format_to(std::back_inserter(text), "{}{:.1f} {:.1f}", text.empty() ? "M" : "L", x(time),
                   y(value));
  }
  return text;
}

void SvgChart::line(std::string_view css, const std::vector<Point>& points) {
  if (points.empty()) return;
  body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>", css, points_text(points));
}

void SvgChart::area(std::string_view css, const std::vector<Point>& points, double base) {
  if (points.empty()) return;
  body_ += fmt::format("<path class=\"{}\" d=\"{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z\"/>", css,
                       points_text(points), x(points.back().first), y(base),
                       x(points.front().first), y(base));
}

void SvgChart::column(std::string_view css, std::int64_t time, double low, double high) {
  body_ += fmt::format("<path class=\"{}\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", css, x(time), y(high),
                       y(low));
}

void SvgChart::mark(std::string_view css, std::int64_t time, double value, std::string_view text) {
  body_ += fmt::format("<path class=\"{}\" d=\"M{:.1f} {:.1f}h0\"><title>{}</title></path>", css,
                       x(time), y(value), escaped(text));
}

std::string SvgChart::html(Labels labels) const {
  std::string grid;
  std::string values;
  for (int i = 0; i <= kLines; ++i) {
    const double value = low_ + (high_ - low_) * (kLines - i) / kLines;
    const double at = kHeight * i / kLines;
    grid += fmt::format("<path class=\"grid\" d=\"M0 {:.1f}H{:.0f}\"/>", at, kWidth);
    values += fmt::format("<span style=\"top:{:.0f}%\">{}</span>", at / kHeight * 100,
                          label_of(value, labels));
  }
  std::string dates;
  for (int i = 0; i <= kDates; ++i) {
    dates += fmt::format("<span>{}</span>", day(from_ + (to_ - from_) / kDates * i));
  }
  return fmt::format(
      "<figure class=\"chart\"><div class=\"plot\"><svg viewBox=\"0 0 {:.0f} {:.0f}\" "
      "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{}{}</svg>"
      "<div class=\"values\" aria-hidden=\"true\">{}</div></div>"
      "<div class=\"dates\" aria-hidden=\"true\">{}</div></figure>",
      kWidth, kHeight, escaped(title_), grid, body_, values, dates);
}

std::vector<Point> thinned(const std::vector<Point>& points) {
  if (points.size() <= 2 * kStretches) return points;
  std::vector<Point> kept;
  const auto by_value = [](const Point& a, const Point& b) { return a.second < b.second; };
  for (std::size_t i = 0; i < kStretches; ++i) {
    const auto begin = points.begin() + static_cast<std::ptrdiff_t>(i * points.size() / kStretches);
    const auto end =
        points.begin() + static_cast<std::ptrdiff_t>((i + 1) * points.size() / kStretches);
    const auto [low, high] = std::minmax_element(begin, end, by_value);
    for (const auto& one : {std::min(low, high), std::max(low, high)}) {
      if (kept.empty() || kept.back().first != one->first) kept.push_back(*one);
    }
  }
  if (kept.back().first != points.back().first) kept.push_back(points.back());
  return kept;
}

}  // namespace everbit::backtest::report
