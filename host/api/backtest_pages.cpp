#include "api/backtest_pages.h"

#include <simdjson.h>

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

// ["2026-01-02T03:04:05Z","10000000"]
void write_point(JsonWriter& json, std::string_view point) {
  const std::size_t comma = point.find(',');
  json.begin_object()
      .key("closeTime")
      .raw(std::string(point.substr(1, comma - 1)))
      .key("value")
      .raw(std::string(point.substr(comma + 1, point.size() - comma - 2)))
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
  const Elements elements(equity);
  const auto& all = elements.all();
  const std::size_t shown = std::min(points, all.size());
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (std::size_t i = 1; i <= shown; ++i) write_point(json, all[i * all.size() / shown - 1]);
  return json.end_array().field("nextCursor", std::optional<std::string>()).end_object().take();
}

}  // namespace everbit::api
