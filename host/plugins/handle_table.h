#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace everbit::plugins {

// Things that a plugin names by number. A handle carries the generation of its place in the high
// half, so one that is used after its thing is gone is recognised and never means a later thing.
// Never zero. Bounded. Not safe between threads.
template <class T>
class HandleTable {
 public:
  explicit HandleTable(std::size_t capacity) : capacity_(capacity) {}

  // Nothing when the table is full.
  std::optional<std::uint64_t> add(T value) {
    std::size_t index = 0;
    while (index < places_.size() && places_[index].value) ++index;
    if (index == capacity_) return std::nullopt;
    if (index == places_.size()) places_.emplace_back();
    auto& place = places_[index];
    place.value.emplace(std::move(value));
    return (std::uint64_t{++place.generation} << 32) | index;
  }

  T* find(std::uint64_t handle) {
    const std::size_t index = handle & 0xFFFFFFFFU;
    if (index >= places_.size() || places_[index].generation != handle >> 32) return nullptr;
    return places_[index].value ? &*places_[index].value : nullptr;
  }

  std::optional<T> take(std::uint64_t handle) {
    T* found = find(handle);
    if (found == nullptr) return std::nullopt;
    std::optional<T> taken(std::move(*found));
    places_[handle & 0xFFFFFFFFU].value.reset();
    return taken;
  }

  // In order of their places.
  std::vector<std::uint64_t> handles() const {
    std::vector<std::uint64_t> all;
    for (std::size_t index = 0; index < places_.size(); ++index) {
      if (places_[index].value) {
        all.push_back((std::uint64_t{places_[index].generation} << 32) | index);
      }
    }
    return all;
  }

 private:
  struct Place {
    std::uint32_t generation = 0;
    std::optional<T> value;
  };
  std::size_t capacity_;
  std::vector<Place> places_;
};

}  // namespace everbit::plugins
