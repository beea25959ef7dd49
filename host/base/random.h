#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace everbit {

// Fills with bytes of the kernel's secure generator; blocks only before the machine has seeded it.
// Any thread. Throws std::system_error when the kernel refuses.
void secure_random(std::span<std::uint8_t> out);

// `bytes` random bytes as lower-case hex.
std::string secure_random_hex(std::size_t bytes);

// Lower-case hex of any bytes.
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace everbit
