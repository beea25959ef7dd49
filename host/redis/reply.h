#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace everbit::redis {

// What Redis answered: nothing, a number, bytes (status lines too), or a list. An error reply is no
// Reply but an Error. A value.
class Reply {
 public:
  using List = std::vector<Reply>;

  Reply() = default;
  explicit Reply(std::int64_t number) : value_(number) {}
  explicit Reply(std::string text) : value_(std::move(text)) {}
  explicit Reply(List list) : value_(std::move(list)) {}

  bool is_nil() const { return std::holds_alternative<std::monostate>(value_); }
  // Nothing when it is something else: what a script returned is hostile until it was looked at.
  std::optional<std::int64_t> number() const;
  // Null when it is something else.
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const List* list() const { return std::get_if<List>(&value_); }
  // The number at a place of a list.
  std::optional<std::int64_t> number_at(std::size_t index) const;

 private:
  std::variant<std::monostate, std::int64_t, std::string, List> value_;
};

}  // namespace everbit::redis
