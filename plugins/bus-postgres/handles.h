#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <vector>

namespace everbit::bus_postgres {

// Numbers that cross the boundary in place of pointers. The upper half counts how often a slot was
// used, so a number of something closed finds nothing, and never something else. Any thread.
template <class T>
class Handles {
 public:
  std::uint64_t add(std::shared_ptr<T> item) {
    const std::unique_lock lock(mutex_);
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].item == nullptr) return fill(slot, std::move(item));
    }
    slots_.emplace_back();
    return fill(slots_.size() - 1, std::move(item));
  }
  std::shared_ptr<T> find(std::uint64_t handle) const {
    const std::shared_lock lock(mutex_);
    const Slot* slot = locate(handle);
    return slot == nullptr ? nullptr : slot->item;
  }
  std::shared_ptr<T> remove(std::uint64_t handle) {
    const std::unique_lock lock(mutex_);
    const Slot* slot = locate(handle);
    return slot == nullptr ? nullptr : std::move(slots_[handle & kSlotBits].item);
  }

 private:
  static constexpr std::uint64_t kSlotBits = 0xffffffff;
  struct Slot {
    std::uint64_t generation = 0;
    std::shared_ptr<T> item;
  };
  std::uint64_t fill(std::size_t slot, std::shared_ptr<T> item) {
    slots_[slot].item = std::move(item);
    return ++slots_[slot].generation << 32 | slot;
  }
  const Slot* locate(std::uint64_t handle) const {
    const std::uint64_t index = handle & kSlotBits;
    if (index >= slots_.size() || slots_[index].generation != handle >> 32) return nullptr;
    return &slots_[index];
  }

  mutable std::shared_mutex mutex_;
  std::vector<Slot> slots_;
};

}  // namespace everbit::bus_postgres
