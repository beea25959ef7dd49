#pragma once

#include <string>
#include <string_view>

#include "decimal.hpp"

namespace everbit::exchange_paper {

// Writes one JSON object. What is put between quotes is plain: ids, codes, numbers and words that
// the codec has let through.
class JsonText {
 public:
  explicit JsonText(const eb::DecimalMath& math) : math_(math) {}

  JsonText& text(std::string_view key, std::string_view value) {
    return name(key).raw("\"").raw(value).raw("\"");
  }
  // As a string, which is how Upbit's REST API spells amounts.
  JsonText& amount(std::string_view key, eb_dec value) { return text(key, math_.text(value)); }
  // As a number, which is how its WebSocket does.
  JsonText& number(std::string_view key, eb_dec value) { return name(key).raw(math_.text(value)); }
  JsonText& integer(std::string_view key, std::int64_t value) {
    return name(key).raw(std::to_string(value));
  }
  JsonText& flag(std::string_view key, bool value) {
    return name(key).raw(value ? "true" : "false");
  }
  // `json` is a whole value.
  JsonText& value(std::string_view key, std::string_view json) { return name(key).raw(json); }

  std::string take() { return std::move(out_.append("}")); }

 private:
  JsonText& name(std::string_view key) {
    out_.append(out_.size() == 1 ? "\"" : ",\"").append(key).append("\":");
    return *this;
  }
  JsonText& raw(std::string_view text) {
    out_.append(text);
    return *this;
  }

  const eb::DecimalMath& math_;
  std::string out_ = "{";
};

// "2026-03-02T04:16:07.123+00:00"
std::string iso_time(eb_ts time);

}  // namespace everbit::exchange_paper
