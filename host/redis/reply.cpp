#include "redis/reply.h"

namespace everbit::redis {

std::optional<std::int64_t> Reply::number() const {
  const auto* number = std::get_if<std::int64_t>(&value_);
  if (number == nullptr) return std::nullopt;
  return *number;
}

std::optional<std::int64_t> Reply::number_at(std::size_t index) const {
  const List* items = list();
  if (items == nullptr || index >= items->size()) return std::nullopt;
  return (*items)[index].number();
}

}  // namespace everbit::redis
