#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/timestamp.h"
#include "base/uuid.h"

namespace pqxx {
class result;
}

namespace everbit::store {

// How one column's text becomes a value. A text that is not the type's throws std::logic_error: the
// statement and the code that reads it disagree, which no caller can put right.
void decode(std::string_view text, bool& out);
void decode(std::string_view text, int& out);
void decode(std::string_view text, std::int64_t& out);
void decode(std::string_view text, double& out);
void decode(std::string_view text, std::string& out);
void decode(std::string_view text, Decimal& out);
void decode(std::string_view text, Uuid& out);
void decode(std::string_view text, Timestamp& out);
void decode(std::string_view text, std::vector<std::uint8_t>& out);  // bytea
void decode(std::string_view text, std::vector<std::string>& out);   // text[]

template <class Tag, class Rep>
void decode(std::string_view text, StrongId<Tag, Rep>& out) {
  Rep value{};
  decode(text, value);
  out = StrongId<Tag, Rep>(std::move(value));
}

// One column of one row, as PostgreSQL writes it.
struct Cell {
  std::string_view text;  // empty for NULL
  bool is_null = true;
};

// One row of an answer. A view: valid as long as its Rows.
class Row {
 public:
  explicit Row(std::span<const Cell> cells) : cells_(cells) {}

  int columns() const { return static_cast<int>(cells_.size()); }
  bool is_null(int column) const { return cell(column).is_null; }
  // Empty for NULL; valid as long as the Rows.
  std::string_view text(int column) const { return cell(column).text; }

  // std::optional<T> for a column that may be NULL; a NULL elsewhere throws std::logic_error.
  template <class T>
  T get(int column) const {
    T value{};
    read(column, value);
    return value;
  }

  // All columns at once: auto [id, status] = row.as<std::int64_t, std::string>();
  template <class... T>
  std::tuple<T...> as() const {
    require_columns(sizeof...(T));
    return as<T...>(std::index_sequence_for<T...>{});
  }

 private:
  template <class... T, std::size_t... I>
  std::tuple<T...> as(std::index_sequence<I...>) const {
    return {get<T>(static_cast<int>(I))...};
  }
  template <class T>
  void read(int column, T& value) const {
    decode(value_of(column), value);
  }
  template <class T>
  void read(int column, std::optional<T>& value) const {
    if (is_null(column)) return;
    value.emplace();
    decode(text(column), *value);
  }
  const Cell& cell(int column) const;
  std::string_view value_of(int column) const;
  void require_columns(std::size_t count) const;

  std::span<const Cell> cells_;
};

// The answer to a statement. Movable; may be read from any one thread at a time.
class Rows {
 public:
  explicit Rows(std::shared_ptr<const pqxx::result> answer);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Row operator[](std::size_t index) const;
  Row front() const { return (*this)[0]; }
  // The rows that an INSERT, UPDATE or DELETE changed (of a SELECT: returned).
  std::int64_t affected() const { return affected_; }

  class Iterator {
   public:
    Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const = default;

   private:
    const Rows* rows_;
    std::size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  std::shared_ptr<const pqxx::result> answer_;  // owns what the cells refer to
  std::size_t size_;
  std::size_t columns_;
  std::int64_t affected_;
  std::vector<Cell> cells_;  // row by row
};

}  // namespace everbit::store
