#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "everbit/status.h"
#include "everbit/types.h"

namespace everbit::plugins {

inline eb_str to_abi(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view from_abi(eb_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline eb_bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view from_abi(eb_bytes bytes) {
  return bytes.ptr == nullptr
             ? std::string_view()
             : std::string_view(reinterpret_cast<const char*>(bytes.ptr), bytes.len);
}

// Collects what a plugin writes during one call, up to a limit: then EB_ERR_TOO_LARGE. Stays where
// it was made, because the plugin holds its address.
class StringSink {
 public:
  explicit StringSink(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  StringSink(const StringSink&) = delete;
  StringSink& operator=(const StringSink&) = delete;

  const eb_sink* get() const { return &sink_; }
  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  static eb_status write(void* ctx, const std::uint8_t* bytes, std::uint64_t len) {
    auto& self = *static_cast<StringSink*>(ctx);
    if (bytes == nullptr && len != 0) return EB_ERR_ARGUMENT;
    if (len > self.max_bytes_ - self.text_.size()) return EB_ERR_TOO_LARGE;
    if (len != 0) self.text_.append(reinterpret_cast<const char*>(bytes), len);
    return EB_OK;
  }

  std::size_t max_bytes_;
  std::string text_;
  eb_sink sink_{sizeof(eb_sink), 0, this, &StringSink::write};
};

// Gives bytes to a plugin during one call; borrows them.
class BytesSource {
 public:
  explicit BytesSource(std::string_view bytes) : rest_(bytes) {}
  BytesSource(const BytesSource&) = delete;
  BytesSource& operator=(const BytesSource&) = delete;

  const eb_source* get() const { return &source_; }

 private:
  static eb_status read(void* ctx, std::uint8_t* bytes, std::uint64_t capacity,
                        std::uint64_t* len) {
    auto& self = *static_cast<BytesSource*>(ctx);
    if (len == nullptr || (bytes == nullptr && capacity != 0)) return EB_ERR_ARGUMENT;
    const auto count = std::min<std::size_t>(capacity, self.rest_.size());
    if (count != 0) std::memcpy(bytes, self.rest_.data(), count);
    self.rest_.remove_prefix(count);
    *len = count;
    return EB_OK;
  }

  std::string_view rest_;
  eb_source source_{sizeof(eb_source), 0, this, &BytesSource::read};
};

}  // namespace everbit::plugins
