#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace everbit::exchange_upbit {

namespace json = simdjson::ondemand;

enum class FieldKind {
  kToken,   // kept as it is written
  kText,    // unescaped
  kNested,  // an object or array, read on the spot
};

// One key that a message may have, in its long and its short spelling.
struct FieldSpec {
  std::string_view name;
  std::string_view short_name = {};
  FieldKind kind = FieldKind::kToken;
};

// What stood behind a key: the JSON token as written ("1.2E8", "\"KRW-BTC\"", "null"), or the
// unescaped text of a kText field. Borrowed from the padded copy of the message.
struct Token {
  std::string_view text;
  bool seen = false;
  bool unescaped = false;

  bool absent() const { return !seen || (!unescaped && text == "null"); }
};

std::string_view trimmed(std::string_view token);
// The key's text between its quotes.
std::string_view key_text(json::raw_json_string key);

namespace detail {

template <std::size_t N>
std::size_t find_spec(const std::array<FieldSpec, N>& specs, std::string_view key,
                      std::size_t expected) {
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t at = expected + i < N ? expected + i : expected + i - N;
    if (specs[at].name == key || (!specs[at].short_name.empty() && specs[at].short_name == key)) {
      return at;
    }
  }
  return N;
}

}  // namespace detail

struct NoNested {
  bool operator()(std::size_t, json::value&) const { return false; }
};

// Walks through the whole object, to its closing brace, so that a cut message is found. Keys that
// no spec names are skipped; a known key that stands there twice is an error, because whichever
// value is taken might be the wrong one. `nested(index, value)` reads a kNested field, unless it is
// null.
template <std::size_t N, class Nested = NoNested>
bool read_fields(json::object& object, const std::array<FieldSpec, N>& specs,
                 std::array<Token, N>& tokens, Nested&& nested = {}) {
  std::size_t expected = 0;
  for (auto item : object) {
    json::field field;
    if (std::move(item).get(field) != simdjson::SUCCESS) return false;
    const std::size_t at = detail::find_spec(specs, key_text(field.key()), expected);
    if (at == N) continue;
    expected = at + 1 < N ? at + 1 : 0;
    Token& token = tokens[at];
    if (token.seen) return false;
    token.seen = true;
    json::value& value = field.value();
    token.text = trimmed(value.raw_json_token());
    if (token.text == "null") continue;
    if (specs[at].kind == FieldKind::kText) {
      if (value.get_string().get(token.text) != simdjson::SUCCESS) return false;
      token.unescaped = true;
    }
    if (specs[at].kind == FieldKind::kNested && !nested(at, value)) return false;
  }
  return true;
}

// Every element of an array must be an object that `each(object)` accepts.
template <class Value, class Each>
bool read_objects(Value& value, Each&& each) {
  json::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto item : array) {
    json::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS || !each(object)) return false;
  }
  return true;
}

// True if nothing follows the value that was read.
bool at_end(json::document& document);

}  // namespace everbit::exchange_upbit
