#include "api/backtest_pages.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json_writer.h"

namespace everbit::api {
namespace {

// The texts of an array's elements, which live as long as the document.
class Elements {
 public:
  explicit Elements(const std::string& json) : text_(json) {
    simdjson::ondemand::document document;
    simdjson::ondemand::array array;
    if (parser_.iterate(text_).get(document) != simdjson::SUCCESS ||
        document.get_array().get(array) != simdjson::SUCCESS) {
      return;
    }
    for (auto element : array) {
      std::string_view raw;
      if (simdjson::to_json_string(element).get(raw) != simdjson::SUCCESS) return;
      all_.push_back(raw);
    }
  }

  const std::vector<std::string_view>& all() const { return all_; }

 private:
  const simdjson::padded_string text_;
  simdjson::ondemand::parser parser_;
  std::vector<std::string_view> all_;
};

// Goes from point to point of [["2026-01-02T03:04:05Z","10000000"],…] without looking into them: of
// hundreds of thousands a few are shown.
class Points {
 public:
  explicit Points(std::string_view curve) : curve_(curve) {
    while (skip()) ++count_;
    end_ = 0;
  }

  std::size_t count() const { return count_; }
  // Point number `number`, counted from 1; only ever a later one than before.
  std::string_view at(std::size_t number) {
    while (passed_ < number && skip()) ++passed_;
    const std::size_t begin = curve_.rfind('[', end_);
    return curve_.substr(begin, end_ - begin);
  }

 private:
  // To behind the bracket that ends the next point; the last bracket is the curve's own.
  bool skip() {
    const std::size_t found = curve_.find(']', end_);
    if (found == std::string_view::npos ||
        curve_.find_first_of("[]", found + 1) == std::string_view::npos)
      return false;
    end_ = found + 1;
    return true;
  }

  const std::string_view curve_;
  std::size_t count_ = 0;
  std::size_t passed_ = 0;
  std::size_t end_ = 0;
};

// ["2026-01-02T03:04:05Z","10000000"]; what has another form was not written by us and is left out.
void write_point(JsonWriter& json, std::string_view point) {
  constexpr std::string_view kBetween = "\",\"";
  const std::size_t middle = point.find(kBetween);
  if (!point.starts_with("[\"") || !point.ends_with("\"]") || middle == std::string_view::npos ||
      point.find('\\') != std::string_view::npos || std::ranges::count(point, '"') != 4) {
    return;
  }
  json.begin_object()
      .field("closeTime", point.substr(2, middle - 2))
      .field("value",
             point.substr(middle + kBetween.size(), point.size() - middle - kBetween.size() - 2))
      .end_object();
}

}  // namespace

std::string trades_page(const std::string& trades, std::size_t from, std::size_t limit) {
  const Elements elements(trades);
  const auto& all = elements.all();
  const std::size_t end = std::min(all.size(), from + limit);
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (std::size_t i = from; i < end; ++i) json.raw(std::string(all[i]));
  std::optional<std::string> next;
  if (end < all.size()) next = std::to_string(end);
  return json.end_array().field("nextCursor", next).end_object().take();
}

std::string equity_points(const std::string& equity, std::size_t points) {
  Points all(equity);
  const std::size_t shown = std::min(points, all.count());
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (std::size_t i = 1; i <= shown; ++i) write_point(json, all.at(i * all.count() / shown));
  return json.end_array().field("nextCursor", std::optional<std::string>()).end_object().take();
}

}  // namespace everbit::api
