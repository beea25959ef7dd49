#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "base/utf8.h"

namespace everbit {
namespace {

void append_control(std::string& out, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      out.append("\\u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) {
      const std::size_t length = utf8_length(text, at);
      if (length == 0) {
        out += "\xEF\xBF\xBD";
        ++at;
      } else {
        out.append(text.substr(at, length));
        at += length;
      }
      continue;
    }
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c < 0x20 || c == 0x7F) {
      append_control(out, c);
    } else {
      out.push_back(static_cast<char>(c));
    }
    ++at;
  }
  out.push_back('"');
}

void append_json_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void JsonWriter::before_value() {
  if (levels_.empty()) {
    if (!out_.empty()) throw std::logic_error("JSON text already complete");
    return;
  }
  Level& level = levels_.back();
  if (level.place == Place::kObject) throw std::logic_error("JSON value without a key");
  if (level.place == Place::kValue) {
    levels_.pop_back();
    return;
  }
  if (!level.empty) out_.push_back(',');
  level.empty = false;
}

void JsonWriter::end(Place place, char bracket) {
  if (levels_.empty() || levels_.back().place != place) throw std::logic_error("JSON nesting");
  levels_.pop_back();
  out_.push_back(bracket);
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  levels_.push_back({Place::kObject, true});
  out_.push_back('{');
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  end(Place::kObject, '}');
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  levels_.push_back({Place::kArray, true});
  out_.push_back('[');
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  end(Place::kArray, ']');
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  if (levels_.empty() || levels_.back().place != Place::kObject) {
    throw std::logic_error("JSON key outside an object");
  }
  if (!levels_.back().empty) out_.push_back(',');
  levels_.back().empty = false;
  append_json_string(out_, name);
  out_.push_back(':');
  levels_.push_back({Place::kValue, true});
  return *this;
}

JsonWriter& JsonWriter::null() { return raw("null"); }
JsonWriter& JsonWriter::value(bool flag) { return raw(flag ? "true" : "false"); }

JsonWriter& JsonWriter::value(double number) {
  before_value();
  append_json_double(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(Decimal number) { return value(number.to_string()); }
JsonWriter& JsonWriter::value(const Uuid& uuid) { return value(uuid.to_string()); }
JsonWriter& JsonWriter::value(Timestamp time) { return value(time.to_iso_ms()); }
JsonWriter& JsonWriter::number(Decimal number) { return raw(number.to_string()); }
JsonWriter& JsonWriter::signed_value(std::int64_t number) { return raw(std::to_string(number)); }
JsonWriter& JsonWriter::unsigned_value(std::uint64_t number) { return raw(std::to_string(number)); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

std::string JsonWriter::take() {
  if (!levels_.empty()) throw std::logic_error("JSON text not complete");
  return std::exchange(out_, {});
}

}  // namespace everbit
