#pragma once

#include <vector>

#include "base/result.h"
#include "plugins/elf_image.h"
#include "plugins/kind.h"

namespace everbit::plugins {

// Everything in a file that breaks the rules for plugins of its kind, without running it; empty if
// it is clean. The loader and the build (everbit-plugin-audit) use this same function.
// Codes: PLUGIN_ABI_GENERATION, PLUGIN_NO_ENTRY, PLUGIN_EXPORTS, PLUGIN_UNIQUE_SYMBOL,
// PLUGIN_NEEDED, PLUGIN_IMPORT, PLUGIN_RPATH, PLUGIN_LAZY_BINDING, PLUGIN_TEXT_RELOCATIONS,
// PLUGIN_EXECUTABLE_STACK, PLUGIN_NO_BUILD_ID.
std::vector<Error> audit(const ElfImage& image, Kind kind);

// The first finding of audit(), and how many more there are.
Result<void> require_clean(const ElfImage& image, Kind kind);

// The entry symbol is there; if only another generation's is, the error says which.
Result<void> require_entry(const ElfImage& image);

}  // namespace everbit::plugins
