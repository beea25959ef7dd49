#include "plugins/grants.h"

#include <algorithm>

namespace everbit::plugins {

namespace {

Result<void> require_same_plugin(const Manifest& manifest, const config::LockedPlugin& entry) {
  if (manifest.id != entry.id) {
    return Error("PLUGIN_ID", "plugins.lock lists this file as " + entry.id, manifest.id);
  }
  if (to_string(manifest.kind) != entry.kind) {
    return Error("PLUGIN_KIND", "plugins.lock lists this file as kind " + entry.kind, manifest.id);
  }
  const std::string schema = manifest.state ? to_string(*manifest.state) : "";
  if (!entry.state_schema.empty() && entry.state_schema != schema) {
    return Error("PLUGIN_STATE_SCHEMA", "plugins.lock lists its state as " + entry.state_schema,
                 manifest.id);
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> grants_of(const Manifest& manifest,
                                           const config::LockedPlugin& entry,
                                           const std::vector<std::string>& allow_draft) {
  if (auto same = require_same_plugin(manifest, entry); !same) return same.error();
  std::vector<std::string> grants;
  for (const auto& extension : manifest.required) {
    if (!may_be_granted(manifest.kind, extension)) {
      return Error("PLUGIN_NOT_GRANTED",
                   "it requires an extension that no " + entry.kind + " is ever given", extension);
    }
    if (!entry.grants_extension(extension)) {
      return Error("PLUGIN_NOT_GRANTED",
                   "it requires an extension that plugins.lock does not grant it", extension);
    }
    grants.push_back(extension);
  }
  for (const auto& extension : manifest.optional) {
    if (may_be_granted(manifest.kind, extension) && entry.grants_extension(extension)) {
      grants.push_back(extension);
    }
  }
  for (const auto& extension : manifest.draft) {
    if (std::ranges::find(allow_draft, extension) == allow_draft.end()) {
      return Error("PLUGIN_DRAFT", "it needs a draft extension that allow_draft does not name",
                   extension);
    }
    grants.push_back(extension);
  }
  return grants;
}

}  // namespace everbit::plugins
