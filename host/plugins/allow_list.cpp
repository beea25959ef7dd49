#include "plugins/allow_list.h"

#include <algorithm>

namespace everbit::plugins {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

const TrustedPlugin* AllowList::find(std::string_view sha256) const {
  const auto found = std::ranges::find(entries_, sha256, &TrustedPlugin::sha256);
  return found == entries_.end() ? nullptr : &*found;
}

Result<std::vector<std::string>> grants_of(const Manifest& manifest, const TrustedPlugin& entry) {
  if (manifest.id != entry.id) {
    return Error("PLUGIN_ID", "plugins.lock lists this file as " + entry.id, manifest.id);
  }
  if (to_string(manifest.kind) != entry.kind) {
    return Error("PLUGIN_KIND", "plugins.lock lists this file as kind " + entry.kind, manifest.id);
  }
  std::vector<std::string> grants;
  for (const auto& extension : manifest.required) {
    if (!may_be_granted(manifest.kind, extension)) {
      return Error("PLUGIN_NOT_GRANTED",
                   "it requires an extension that no " + entry.kind + " is ever given", extension);
    }
    if (!contains(entry.extensions, extension)) {
      return Error("PLUGIN_NOT_GRANTED",
                   "it requires an extension that plugins.lock does not grant it", extension);
    }
    grants.push_back(extension);
  }
  for (const auto& extension : manifest.optional) {
    if (may_be_granted(manifest.kind, extension) && contains(entry.extensions, extension)) {
      grants.push_back(extension);
    }
  }
  for (const auto& extension : manifest.draft) {
    if (!contains(entry.allow_draft, extension)) {
      return Error("PLUGIN_DRAFT", "it needs a draft extension that allow_draft does not name",
                   extension);
    }
    grants.push_back(extension);
  }
  return grants;
}

}  // namespace everbit::plugins
