#include "exchange-upbit/json.h"

namespace everbit::exchange_upbit {

std::string_view trimmed(std::string_view token) {
  const std::size_t end = token.find_last_not_of(" \t\r\n");
  return token.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::string_view key_text(json::raw_json_string key) {
  // The parser has seen the closing quote; a key with an escape ends early here and is unknown.
  const char* const start = key.raw();
  std::size_t length = 0;
  while (start[length] != '"') ++length;
  return {start, length};
}

bool at_end(json::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace everbit::exchange_upbit
