#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "everbit/ext/event_bus.h"

namespace everbit::bus_postgres {

using EventId = std::uint8_t[16];

inline std::string_view view(eb_str text) { return {text.ptr, text.len}; }
inline eb_str borrow(std::string_view text) { return {text.data(), text.size()}; }

eb_value null_value();
eb_value int_value(std::int64_t number);
// Borrows the text for as long as the value is used.
eb_value text_value(std::string_view text);
eb_value uuid_value(const std::uint8_t* bytes);

// 36 lower-case characters.
std::string uuid_text(const std::uint8_t* bytes);
// False if the text is not a UUID as PostgreSQL writes it.
bool read_uuid(std::string_view text, std::uint8_t* bytes);

// Microseconds of a time of the ABI, as PostgreSQL keeps them.
inline std::int64_t microseconds(eb_ts time) { return time / 1000; }

// The text of a one-dimensional PostgreSQL array.
class ArrayText {
 public:
  void add(std::int64_t number);
  void add(std::string_view text);
  void add_uuid(const std::uint8_t* bytes);
  void add_null();
  // The finished text; nothing may be added afterwards.
  std::string_view str();
  eb_value value() { return text_value(str()); }

 private:
  void separate();
  std::string text_ = "{";
  bool finished_ = false;
};

// Elements of an ABI array lie as far apart as the caller's struct is large, which may be more than
// ours once the struct has grown.
template <class T>
class Strided {
 public:
  Strided(T* first, std::uint32_t n) : first_(first), n_(n) {}
  std::uint32_t size() const { return n_; }
  T& operator[](std::uint32_t i) const {
    return *reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(first_) +
                                 static_cast<std::uintptr_t>(first_->size) * i);
  }

 private:
  T* first_;
  std::uint32_t n_;
};

}  // namespace everbit::bus_postgres
