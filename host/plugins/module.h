#pragma once

#include <string_view>

#include "base/result.h"
#include "everbit/plugin.h"

namespace everbit::plugins {

using EntryFunction = const eb_module* (*)();

// Calls the entry of a mapped plugin and checks what it says against the note in the file; the
// factory that is returned has our size. Used by the probe in its child process first, and by the
// loader again.
// Codes: PLUGIN_ENTRY (null, not pure, structs too small), PLUGIN_ABI_GENERATION,
// PLUGIN_DESCRIPTOR (not equal to the note).
Result<eb_factory> inspect_module(EntryFunction entry, std::string_view note);

}  // namespace everbit::plugins
