#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/plugins_lock.h"
#include "plugins/manifest.h"

namespace everbit::plugins {

// The extensions of the host that a plugin gets: what it declares, its entry in plugins.lock grants
// and its kind may ever have. A draft extension must also be named by the setting
// plugins.allow_draft. Codes: PLUGIN_ID, PLUGIN_KIND, PLUGIN_STATE_SCHEMA (the entry speaks of
// another plugin), PLUGIN_NOT_GRANTED (a required extension is not in its entry, or never given to
// its kind), PLUGIN_DRAFT.
Result<std::vector<std::string>> grants_of(const Manifest& manifest,
                                           const config::LockedPlugin& entry,
                                           const std::vector<std::string>& allow_draft);

}  // namespace everbit::plugins
