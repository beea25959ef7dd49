#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace everbit {

// A password, key or token. Its bytes lie in a page of their own that is locked into memory, left
// out of core dumps and wiped when the last copy goes; copies share it. It cannot be printed or
// compared by accident: whoever needs the text says reveal() and keeps no copy. Any thread.
class Secret {
 public:
  Secret() = default;
  // Throws std::bad_alloc when there is no page for it.
  explicit Secret(std::string_view text);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Valid as long as a copy of this Secret lives.
  std::string_view reveal() const { return {bytes_.get(), size_}; }

 private:
  std::shared_ptr<char> bytes_;
  std::size_t size_ = 0;
};

// Overwrites bytes in a way the compiler does not remove.
void wipe(void* bytes, std::size_t size);

}  // namespace everbit
