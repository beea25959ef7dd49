#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plugins/kind.h"

namespace everbit::plugins {

// The least feature level of a host that a plugin may ask for; this host's own.
inline constexpr std::int32_t kHostLevel = 1;

struct StateSchema {
  std::string id;
  std::uint32_t oldest_readable = 0;
  std::uint32_t written = 0;
};

// As in the manifest and in plugins.lock: "id:oldest:written".
std::string to_string(const StateSchema& schema);

struct ManifestReason {
  std::int32_t number = 0;
  std::string code;
};

// What a plugin declares in its note (everbit/manifest.h), read before any of its code runs.
struct Manifest {
  // The note's text, byte for byte; the descriptor in memory must be equal to it.
  std::string text;
  Kind kind = Kind::kStrategy;
  std::string id;
  std::string version;
  std::int32_t host_level = 0;
  std::vector<std::string> required;
  std::vector<std::string> optional;
  std::vector<std::string> draft;
  std::optional<StateSchema> state;
  std::vector<ManifestReason> reasons;
  std::optional<std::uint32_t> database;

  // The code of a reason number, or nothing.
  std::optional<std::string_view> reason_code(std::int32_t number) const;
};

// Codes: PLUGIN_ABI_GENERATION, PLUGIN_HOST_LEVEL (the plugin wants a newer host),
// PLUGIN_NO_MANIFEST, PLUGIN_MANIFEST (the field names the key). Unknown keys are refused.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace everbit::plugins
