#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugins/manifest.h"

namespace everbit::plugins {

// One entry of plugins.lock: this very file may be loaded, as this kind, with these extensions.
struct TrustedPlugin {
  std::string id;
  // Lower-case hex.
  std::string sha256;
  std::string kind;
  // Extensions of the host that it may obtain.
  std::vector<std::string> extensions;
  // Draft extensions that the owner allows by name.
  std::vector<std::string> allow_draft;
};

// What may be loaded. A value; a SIGHUP replaces the loader's.
class AllowList {
 public:
  AllowList() = default;
  explicit AllowList(std::vector<TrustedPlugin> entries) : entries_(std::move(entries)) {}

  const TrustedPlugin* find(std::string_view sha256) const;
  const std::vector<TrustedPlugin>& entries() const { return entries_; }

 private:
  std::vector<TrustedPlugin> entries_;
};

// The extensions that a plugin gets: what it declares, its entry grants and its kind may have.
// Codes: PLUGIN_ID, PLUGIN_KIND (the entry speaks of another plugin), PLUGIN_NOT_GRANTED (a
// required extension is not in its entry, or never given to its kind), PLUGIN_DRAFT.
Result<std::vector<std::string>> grants_of(const Manifest& manifest, const TrustedPlugin& entry);

}  // namespace everbit::plugins
