#include "api/query.h"

#include <charconv>

namespace everbit::api {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    plain += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return plain;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

}  // namespace

Query::Query(std::string_view encoded) {
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(pair.size() + 1, encoded.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto name = decoded(pair.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                        : decoded(pair.substr(equals + 1));
    if (!name || !value) {
      refuse(name.value_or(""), "NOT_ENCODED");
    } else if (!values_.emplace(*name, *value).second) {
      refuse(*name, "GIVEN_TWICE");
    }
  }
}

std::optional<std::string> Query::text(const std::string& name, std::size_t most_bytes) {
  auto found = values_.extract(name);
  if (found.empty()) return std::nullopt;
  if (found.mapped().size() <= most_bytes) return std::move(found.mapped());
  refuse(name, "TOO_LONG");
  return std::nullopt;
}

int Query::integer(const std::string& name, int least, int most, int otherwise) {
  const auto found = values_.extract(name);
  if (found.empty()) return otherwise;
  const std::string& text = found.mapped();
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < least ||
      number > most) {
    refuse(name, "OUT_OF_RANGE");
    return otherwise;
  }
  return number;
}

std::optional<http::Response> Query::refusal() {
  for (const auto& [name, value] : values_) refuse(name, "UNKNOWN_FIELD");
  values_.clear();
  return errors_.answer();
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_plain(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return encoded;
}

}  // namespace everbit::api
