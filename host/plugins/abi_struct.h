#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "everbit/plugin.h"

namespace everbit::plugins {

// The frozen size of a struct: where its last field of the first release ends. Never sizeof, which
// moves when a field is added.
#define EVERBIT_BASELINE(type, last) (offsetof(type, last) + sizeof(type::last))

// Copies a struct of the other side, which may be older or newer than ours: what it lacks is zero,
// what we do not know is ignored, and the declared size stays. Nothing if it is null or smaller
// than the first release had it.
template <class T>
std::optional<T> adopt(const T* other, std::size_t baseline) {
  if (other == nullptr) return std::nullopt;
  std::uint32_t size = 0;
  std::memcpy(&size, other, sizeof size);
  if (size < baseline) return std::nullopt;
  T own{};
  std::memcpy(static_cast<void*>(&own), other, std::min<std::size_t>(size, sizeof own));
  return own;
}

// The same without a copy where none is needed: the other side's struct itself, or `own`, made of
// an older one. Null if it is null or smaller than the first release had it.
template <class T>
const T* adopt(const T* other, std::size_t baseline, T& own) {
  if (other == nullptr) return nullptr;
  std::uint32_t size = 0;
  std::memcpy(&size, other, sizeof size);
  if (size >= sizeof own) return other;
  if (size < baseline) return nullptr;
  own = T{};
  std::memcpy(static_cast<void*>(&own), other, size);
  return &own;
}

inline constexpr std::size_t kModuleBaseline = EVERBIT_BASELINE(eb_module, factory);
inline constexpr std::size_t kDescriptorBaseline = EVERBIT_BASELINE(eb_descriptor, manifest);
inline constexpr std::size_t kFactoryBaseline = EVERBIT_BASELINE(eb_factory, create);
inline constexpr std::size_t kPluginBaseline = EVERBIT_BASELINE(eb_plugin, get_extension);

}  // namespace everbit::plugins
