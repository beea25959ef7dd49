#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace everbit::plugins {

// An extension of the plugin's side that this host knows.
struct KnownExtension {
  std::string_view id;
  // The least size of its struct, that of the first release.
  std::size_t baseline;
};

std::span<const KnownExtension> known_extensions();

}  // namespace everbit::plugins
