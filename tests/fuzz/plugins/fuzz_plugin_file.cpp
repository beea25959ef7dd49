// Any bytes as a plugin file: reading, judging and its manifest.

#include <cstddef>
#include <cstdint>
#include <span>

#include "plugins/audit.h"
#include "plugins/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace everbit::plugins;
  const auto image = ElfImage::parse(std::as_bytes(std::span(data, size)));
  if (!image) return 0;
  for (const auto kind : {Kind::kStrategy, Kind::kExchange, Kind::kEventBus}) {
    static_cast<void>(audit(*image, kind));
  }
  static_cast<void>(parse_manifest(image->manifest()));
  return 0;
}
