// Any text as a manifest: what is accepted holds what the loader relies on.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plugins/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = everbit::plugins::parse_manifest(text);
  if (manifest && (manifest->text != text || manifest->id.empty() || manifest->version.empty())) {
    std::abort();
  }
  return 0;
}
