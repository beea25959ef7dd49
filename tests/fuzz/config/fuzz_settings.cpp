// Any text as the settings file: it is read, or refused with a reason, never half.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded =
      everbit::config::load_settings_text(text, "everbit.toml", everbit::config::Secrets{});
  if (loaded.settings.has_value() == !loaded.problems.empty()) std::abort();
  return 0;
}
