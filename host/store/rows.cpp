#include "store/rows.h"

#include <charconv>
#include <pqxx/result>
#include <stdexcept>

namespace everbit::store {
namespace {

[[noreturn]] void mismatch(std::string_view type, std::string_view text) {
  throw std::logic_error("not a " + std::string(type) + ": '" + std::string(text.substr(0, 64)) +
                         "'");
}

template <class T>
void decode_number(std::string_view text, T& out, std::string_view type) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) mismatch(type, text);
}

std::uint8_t hex_digit(char c, std::string_view text) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  mismatch("bytea", text);
}

}  // namespace

void decode(std::string_view text, bool& out) {
  if (text != "t" && text != "f") mismatch("boolean", text);
  out = text == "t";
}

void decode(std::string_view text, int& out) { decode_number(text, out, "integer"); }
void decode(std::string_view text, std::int64_t& out) { decode_number(text, out, "bigint"); }
void decode(std::string_view text, double& out) { decode_number(text, out, "double"); }
void decode(std::string_view text, std::string& out) { out.assign(text); }

void decode(std::string_view text, Decimal& out) {
  const auto value = Decimal::parse(text, DecimalParse::kExact);
  if (!value) mismatch("numeric(38,18)", text);
  out = *value;
}

void decode(std::string_view text, Uuid& out) {
  const auto value = Uuid::parse(text);
  if (!value) mismatch("uuid", text);
  out = *value;
}

// "2026-01-02 03:04:05.678+00": every session runs in UTC with ISO dates.
void decode(std::string_view text, Timestamp& out) {
  if (text.size() < 22 || text[10] != ' ' || !text.ends_with("+00")) mismatch("timestamptz", text);
  std::string iso(text.substr(0, text.size() - 3));
  iso[10] = 'T';
  iso += 'Z';
  const auto value = Timestamp::parse(iso);
  if (!value) mismatch("timestamptz", text);
  out = *value;
}

void decode(std::string_view text, std::vector<std::uint8_t>& out) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) mismatch("bytea", text);
  out.clear();
  out.reserve(text.size() / 2 - 1);
  for (std::size_t i = 2; i < text.size(); i += 2) {
    out.push_back(
        static_cast<std::uint8_t>(hex_digit(text[i], text) << 4 | hex_digit(text[i + 1], text)));
  }
}

// '{plain,"with \"quotes\""}'
void decode(std::string_view text, std::vector<std::string>& out) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') mismatch("text[]", text);
  out.clear();
  const std::string_view body = text.substr(1, text.size() - 2);
  bool quoted = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i == 0 || (body[i] == ',' && !quoted)) out.emplace_back();
    if (body[i] == ',' && !quoted) continue;
    if (body[i] == '"') {
      quoted = !quoted;
    } else {
      if (body[i] == '\\' && i + 1 < body.size()) ++i;
      out.back() += body[i];
    }
  }
  if (quoted) mismatch("text[]", text);
}

const Cell& Row::cell(int column) const {
  if (column < 0 || column >= columns()) {
    throw std::logic_error("no column " + std::to_string(column));
  }
  return cells_[static_cast<std::size_t>(column)];
}

std::string_view Row::value_of(int column) const {
  if (is_null(column)) throw std::logic_error("column " + std::to_string(column) + " is NULL");
  return text(column);
}

void Row::require_columns(std::size_t count) const {
  if (cells_.size() != count) {
    throw std::logic_error("row has " + std::to_string(columns()) + " columns, " +
                           std::to_string(count) + " were expected");
  }
}

// Each field of libpqxx is an object that shares its result, so each is asked once, here.
Rows::Rows(std::shared_ptr<const pqxx::result> answer)
    : answer_(std::move(answer)),
      size_(answer_->size()),
      columns_(answer_->columns()),
      affected_(static_cast<std::int64_t>(answer_->affected_rows())) {
  cells_.reserve(size_ * columns_);
  for (const pqxx::row row : *answer_) {
    for (const pqxx::field field : row) {
      cells_.push_back({{field.c_str(), field.size()}, field.is_null()});
    }
  }
}

Row Rows::operator[](std::size_t index) const {
  if (index >= size_) throw std::logic_error("no row " + std::to_string(index));
  return Row(std::span(cells_).subspan(index * columns_, columns_));
}

}  // namespace everbit::store
