#include "store/param.h"

#include <charconv>

#include "base/random.h"

namespace everbit::store {
namespace {

// An array literal whose elements are quoted, so that braces, commas and NULL are plain text.
template <class T, class Write>
std::string array_literal(const std::vector<T>& values, Write write) {
  std::string out = "{";
  for (const T& value : values) {
    if (out.size() > 1) out += ',';
    write(out, value);
  }
  out += '}';
  return out;
}

void write_quoted(std::string& out, const std::string& value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

Param::Param(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  text_.assign(buffer, end);
}

Param::Param(Bytes value) : text_("\\x" + to_hex(value.data)) {}

Param::Param(const std::vector<std::string>& values) : text_(array_literal(values, write_quoted)) {}

Param::Param(const std::vector<std::int64_t>& values)
    : text_(array_literal(
          values, [](std::string& out, std::int64_t value) { out += std::to_string(value); })) {}

Param::Param(const std::vector<Uuid>& values)
    : text_(array_literal(values,
                          [](std::string& out, const Uuid& value) { out += value.to_string(); })) {}

}  // namespace everbit::store
