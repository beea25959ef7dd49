#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace everbit::bus_postgres {

// Kafka's default partitioner: murmur2 of the key with the sign bit cleared. Lanes use it too, so
// that a move to Kafka keeps every key where it was.
inline std::int32_t key_hash(std::string_view key) {
  constexpr std::uint32_t kM = 0x5bd1e995;
  constexpr std::uint32_t kSeed = 0x9747b28c;
  std::uint32_t h = kSeed ^ static_cast<std::uint32_t>(key.size());
  while (key.size() >= 4) {
    std::uint32_t k = 0;
    std::memcpy(&k, key.data(), 4);
    k *= kM;
    k ^= k >> 24;
    h = (h * kM) ^ (k * kM);
    key.remove_prefix(4);
  }
  if (!key.empty()) {
    std::uint32_t tail = 0;
    std::memcpy(&tail, key.data(), key.size());
    h = (h ^ tail) * kM;
  }
  h ^= h >> 13;
  h *= kM;
  h ^= h >> 15;
  return static_cast<std::int32_t>(h & 0x7fffffff);
}

}  // namespace everbit::bus_postgres
