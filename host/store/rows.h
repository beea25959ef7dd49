#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/timestamp.h"
#include "base/uuid.h"

struct pg_result;

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

// One row of an answer. A view: valid as long as its Rows.
class Row {
 public:
  Row(const pg_result* result, int index) : result_(result), index_(index) {}

  int columns() const;
  bool is_null(int column) const;
  // Empty for NULL; valid as long as the Rows.
  std::string_view text(int column) const;

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
    require_value(column);
    decode(text(column), value);
  }
  template <class T>
  void read(int column, std::optional<T>& value) const {
    if (is_null(column)) return;
    value.emplace();
    decode(text(column), *value);
  }
  void require_value(int column) const;
  void require_columns(std::size_t count) const;

  const pg_result* result_;
  int index_;
};

// The answer to a statement; owns it. Movable; may be read from any one thread at a time.
class Rows {
 public:
  explicit Rows(pg_result* owned) : result_(owned) {}

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t index) const;
  Row front() const { return (*this)[0]; }
  // The rows that an INSERT, UPDATE or DELETE changed (of a SELECT: returned).
  std::int64_t affected() const;

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
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace everbit::store
