#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

#include "everbit/types.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace everbit::mock {

// Everything that a plugin is lent for one call. When the call is over it is overwritten with 0xDD
// and kept, so that a plugin which held on to a pointer reads nonsense, and a sanitizer stops it.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (auto& block : blocks_) unpoison(block);
  }

  eb_str text(std::string_view text) {
    if (text.empty()) return {nullptr, 0};
    auto* copy = static_cast<char*>(allocate(text.size()));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  eb_bytes bytes(std::string_view text) {
    const eb_str copy = this->text(text);
    return {reinterpret_cast<const std::uint8_t*>(copy.ptr), copy.len};
  }

  template <class T>
  T* make(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return new (allocate(sizeof(T))) T(value);
  }

  template <class T>
  const T* array(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (values.empty()) return nullptr;
    void* copy = allocate(values.size() * sizeof(T));
    std::memcpy(copy, values.data(), values.size() * sizeof(T));
    return static_cast<const T*>(copy);
  }

  // The call is over.
  void poison() {
    for (auto& block : blocks_) {
      std::memset(block.bytes.get(), 0xDD, block.size);
#if defined(__SANITIZE_ADDRESS__)
      ASAN_POISON_MEMORY_REGION(block.bytes.get(), block.size);
#endif
    }
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };

  void* allocate(std::size_t size) {
    blocks_.push_back({std::make_unique<std::byte[]>(size), size});
    return blocks_.back().bytes.get();
  }
  static void unpoison([[maybe_unused]] Block& block) {
#if defined(__SANITIZE_ADDRESS__)
    ASAN_UNPOISON_MEMORY_REGION(block.bytes.get(), block.size);
#endif
  }

  std::vector<Block> blocks_;
};

}  // namespace everbit::mock
