#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace everbit {

// A number or a text that names one kind of thing, so that two kinds cannot be swapped:
//   using IntentId = StrongId<struct IntentIdTag>;
//   using Market = StrongId<struct MarketTag, std::string>;
// The tag is never defined.
template <class Tag, class Rep = std::int64_t>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(Rep value) : value_(std::move(value)) {}

  const Rep& value() const { return value_; }
  friend auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  Rep value_{};
};

}  // namespace everbit

template <class Tag, class Rep>
struct std::hash<everbit::StrongId<Tag, Rep>> {
  std::size_t operator()(const everbit::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
