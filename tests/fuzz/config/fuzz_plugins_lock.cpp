// Any text as plugins.lock: it lists plugins, or is refused with a reason and lists none.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/plugins_lock.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = everbit::config::PluginsLock::parse(text, "plugins.lock");
  if (!loaded.problems.empty() && !loaded.lock.plugins().empty()) std::abort();
  for (const auto& plugin : loaded.lock.plugins()) {
    if (plugin.id.empty() || plugin.sha256.size() != 64) std::abort();
  }
  return 0;
}
