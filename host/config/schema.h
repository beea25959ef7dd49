#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.h"
#include "config/toml.h"

namespace everbit::config {

// Whether a changed value acts on SIGHUP or only after a restart.
enum class Change : std::uint8_t { kRestart, kRunning };

// Where a key's value goes. A Custom key reads its TOML by itself and says what it expects.
template <class T>
using FieldRef = T& (*)(Settings&);
struct CustomField {
  std::string_view expects;
  Result<void> (*store)(Settings&, const TomlValue&);
};
using Field = std::variant<FieldRef<std::string>, FieldRef<std::filesystem::path>,
                           FieldRef<std::int64_t>, FieldRef<bool>, FieldRef<Decimal>,
                           FieldRef<std::chrono::seconds>, FieldRef<std::chrono::milliseconds>,
                           FieldRef<std::vector<std::string>>, CustomField>;

// What a value must be besides its type, and when a new one acts.
struct Rule {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  // For text: an empty answer means it is good.
  std::string (*check)(std::string_view) = nullptr;
  Change change = Change::kRestart;
};

// One key of config/everbit.toml: its place in Settings, default, words and rule. Validation, the
// shipped file and reload are all derived from this.
struct Key {
  std::string_view name;
  Field field;
  std::string_view fallback;  // TOML
  std::string_view english;
  std::string_view korean;
  Rule rule = {};
};

std::span<const Key> schema();
std::vector<std::string_view> key_names();

// Stores one value after type, bounds and check; the error's message says what was expected.
Result<void> store(const Key& key, Settings& settings, const TomlValue& value);

}  // namespace everbit::config
