#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "eb.hpp"
#include "everbit/decimal.h"

// What an instance goes on from after a restart, a swap or a split run.
//
// A blob is: magic "EBS1", length of the payload (uint32), FNV-1a of the payload (uint64), payload;
// all little endian. A blob that is cut, grown, bent or of another shape is refused as a whole.
namespace eb {

inline constexpr std::size_t kMaxStateBytes = std::size_t{1} << 20;

namespace detail {

inline constexpr std::array<std::uint8_t, 4> kStateMagic{'E', 'B', 'S', '1'};
inline constexpr std::size_t kStateHeader = 16;

inline std::uint64_t fnv1a(std::span<const std::uint8_t> bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

template <class Unsigned>
void put(std::vector<std::uint8_t>& out, Unsigned value) {
  for (std::size_t i = 0; i < sizeof(value); ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

template <class Unsigned>
Unsigned get(const std::uint8_t* bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof(value); ++i) {
    value |= static_cast<Unsigned>(static_cast<Unsigned>(bytes[i]) << (8 * i));
  }
  return value;
}

}  // namespace detail

// Collects a payload; the same calls give the same bytes.
class StateWriter {
 public:
  void u32(std::uint32_t value) { detail::put(payload_, value); }
  void i64(std::int64_t value) { detail::put(payload_, static_cast<std::uint64_t>(value)); }
  void real(double value) { detail::put(payload_, std::bit_cast<std::uint64_t>(value)); }
  void flag(bool value) { payload_.push_back(value ? 1 : 0); }
  void decimal(eb_dec value) {
    detail::put(payload_, value.lo);
    i64(value.hi);
  }
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    payload_.insert(payload_.end(), value.begin(), value.end());
  }

  void write_to(const eb_sink& sink) const {
    std::vector<std::uint8_t> header(detail::kStateMagic.begin(), detail::kStateMagic.end());
    detail::put(header, static_cast<std::uint32_t>(payload_.size()));
    detail::put(header, detail::fnv1a(payload_));
    check(sink.write(sink.ctx, header.data(), header.size()), "the state sink failed");
    check(sink.write(sink.ctx, payload_.data(), payload_.size()), "the state sink failed");
  }

 private:
  std::vector<std::uint8_t> payload_;
};

// Reads a payload back in the order it was written. Every reader throws Failure(EB_ERR_PARSE) at
// the first thing that does not fit; call finish() last, so that nothing is left over.
class StateReader {
 public:
  explicit StateReader(const eb_source& source) {
    std::array<std::uint8_t, 4096> chunk;
    for (;;) {
      std::uint64_t n = 0;
      check(source.read(source.ctx, chunk.data(), chunk.size(), &n), "the state source failed");
      if (n == 0) break;
      if (n > chunk.size() || bytes_.size() + n > kMaxStateBytes) refuse("too large");
      bytes_.insert(bytes_.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(n));
    }
    check_header();
  }

  std::uint32_t u32() { return detail::get<std::uint32_t>(take(4)); }
  std::int64_t i64() { return static_cast<std::int64_t>(detail::get<std::uint64_t>(take(8))); }
  // Any double but infinities; NaN stands for "not yet defined" where a writer says so.
  double real_or_nan() {
    const double value = std::bit_cast<double>(detail::get<std::uint64_t>(take(8)));
    if (std::isinf(value)) refuse("an infinite number");
    return value;
  }
  double real() {
    const double value = real_or_nan();
    if (std::isnan(value)) refuse("not a number");
    return value;
  }
  bool flag() {
    const std::uint8_t value = *take(1);
    if (value > 1) refuse("a flag that is neither 0 nor 1");
    return value == 1;
  }
  eb_dec decimal() {
    eb_dec value{detail::get<std::uint64_t>(take(8)), 0};
    value.hi = i64();
    if (!eb_dec_valid(value)) refuse("a number out of range");
    return value;
  }
  std::string text(std::uint32_t most) {
    const std::uint32_t size = u32_at_most(most);
    return {reinterpret_cast<const char*>(take(size)), size};
  }
  std::uint32_t u32_at_most(std::uint32_t limit) {
    const std::uint32_t value = u32();
    if (value > limit) refuse("a count beyond its limit");
    return value;
  }
  // For what must equal the instance's own parameters.
  void expect_u32(std::uint32_t expected, const char* what) {
    if (u32() != expected) {
      throw Failure(EB_ERR_SCHEMA, std::string("the state was saved with another ") + what);
    }
  }

  void finish() const {
    if (position_ != bytes_.size()) refuse("bytes left over");
  }
  [[noreturn]] static void refuse(const char* why) {
    throw Failure(EB_ERR_PARSE, std::string("state refused: ") + why);
  }

 private:
  void check_header() {
    if (bytes_.size() < detail::kStateHeader) refuse("cut short");
    if (!std::equal(detail::kStateMagic.begin(), detail::kStateMagic.end(), bytes_.begin())) {
      refuse("not a state");
    }
    const auto payload = std::span(bytes_).subspan(detail::kStateHeader);
    if (detail::get<std::uint32_t>(bytes_.data() + 4) != payload.size()) refuse("wrong length");
    if (detail::get<std::uint64_t>(bytes_.data() + 8) != detail::fnv1a(payload)) {
      refuse("wrong checksum");
    }
    position_ = detail::kStateHeader;
  }

  const std::uint8_t* take(std::size_t n) {
    if (bytes_.size() - position_ < n) refuse("cut short");
    const std::uint8_t* at = bytes_.data() + position_;
    position_ += n;
    return at;
  }

  std::vector<std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

}  // namespace eb
