#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/timestamp.h"

namespace everbit {

// 16 bytes in network order (RFC 9562). A value; the makers are safe from any thread.
class Uuid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  constexpr Uuid() = default;
  explicit constexpr Uuid(const Bytes& bytes) : bytes_(bytes) {}

  // Random: names that must not be guessed.
  static Uuid make_v4();
  // Ordered by time: primary keys, so that inserts land at the end of the index.
  static Uuid make_v7(Timestamp now);
  // 8-4-4-4-12 hex digits of either case. Code UUID_SYNTAX.
  static Result<Uuid> parse(std::string_view text);

  // 36 lower-case characters.
  std::string to_string() const;
  const Bytes& bytes() const { return bytes_; }
  int version() const { return bytes_[6] >> 4; }
  bool is_nil() const { return *this == Uuid(); }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  Bytes bytes_{};
};

}  // namespace everbit

template <>
struct std::hash<everbit::Uuid> {
  std::size_t operator()(const everbit::Uuid& uuid) const noexcept {
    // The last eight bytes are random in both versions.
    std::uint64_t tail = 0;
    std::memcpy(&tail, uuid.bytes().data() + 8, sizeof tail);
    return static_cast<std::size_t>(tail);
  }
};
