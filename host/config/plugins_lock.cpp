#include "config/plugins_lock.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/files.h"
#include "config/fields.h"
#include "config/toml.h"

namespace everbit::config {
namespace {

constexpr std::size_t kLargestFile = 256 * 1024;
constexpr std::size_t kMostPlugins = 256;
constexpr std::array<std::string_view, 5> kKinds = {"strategy", "exchange", "auth", "notifier",
                                                    "event_bus"};

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Reads the entries of one file and collects what is wrong with them.
class LockReader {
 public:
  explicit LockReader(std::string_view file) : file_(file) {}

  void read(const TomlValue::Table& document) {
    for (const auto& [name, value] : document) {
      const auto* entries = value.as<TomlValue::Array>();
      if (name != "plugin") {
        problem(value.line, name, "unknown key; entries are [[plugin]]");
      } else if (entries == nullptr) {
        problem(value.line, name, "expected [[plugin]] entries");
      } else if (entries->size() > kMostPlugins) {
        problem(value.line, name, "more than " + std::to_string(kMostPlugins) + " entries");
      } else {
        for (const TomlValue& entry : *entries) read_entry(entry);
      }
    }
  }

  void problem(int line, std::string field, std::string message) {
    problems_.push_back({std::string(file_), line, std::move(field), std::move(message)});
  }

  std::vector<LockedPlugin> plugins_;
  std::vector<ConfigProblem> problems_;

 private:
  void read_entry(const TomlValue& entry) {
    const auto* members = entry.as<TomlValue::Table>();
    if (members == nullptr) {
      problem(entry.line, "plugin", "expected a table");
      return;
    }
    LockedPlugin plugin;
    for (const auto& [name, value] : *members) read_member(plugin, name, value);
    if (plugin.id.empty()) problem(entry.line, "plugin.id", "missing");
    if (plugin.kind.empty()) problem(entry.line, "plugin.kind", "missing");
    if (plugin.sha256.empty()) problem(entry.line, "plugin.sha256", "missing");
    const bool twice =
        std::any_of(plugins_.begin(), plugins_.end(),
                    [&](const LockedPlugin& other) { return other.sha256 == plugin.sha256; });
    if (twice) problem(entry.line, "plugin.sha256", "stands twice");
    plugins_.push_back(std::move(plugin));
  }

  void read_member(LockedPlugin& plugin, const std::string& name, const TomlValue& value) {
    const std::string field = "plugin." + name;
    if (name == "grants") {
      read_grants(plugin, value);
      return;
    }
    const auto* text = value.as<std::string>();
    if (text == nullptr) {
      problem(value.line, field, "expected text");
    } else if (name == "id") {
      const std::string complaint = plugin_id(*text);
      if (!complaint.empty()) problem(value.line, field, complaint);
      plugin.id = *text;
    } else if (name == "kind") {
      const bool known = std::find(kKinds.begin(), kKinds.end(), *text) != kKinds.end();
      if (!known) problem(value.line, field, "not a kind of plugin");
      plugin.kind = *text;
    } else if (name == "sha256") {
      if (!is_sha256(*text)) problem(value.line, field, "expected 64 lower-case hex digits");
      plugin.sha256 = *text;
    } else if (name == "stateSchema") {
      plugin.state_schema = *text;
    } else {
      problem(value.line, field, "unknown key");
    }
  }

  void read_grants(LockedPlugin& plugin, const TomlValue& value) {
    const auto* items = value.as<TomlValue::Array>();
    if (items == nullptr) {
      problem(value.line, "plugin.grants", "expected a list of extension ids");
      return;
    }
    for (const TomlValue& item : *items) {
      const auto* text = item.as<std::string>();
      const std::string complaint = text == nullptr ? "expected text" : extension_id(*text);
      if (!complaint.empty()) {
        problem(item.line, "plugin.grants", complaint);
      } else {
        plugin.grants.push_back(*text);
      }
    }
  }

  std::string_view file_;
};

}  // namespace

bool LockedPlugin::grants_extension(std::string_view extension) const {
  return std::find(grants.begin(), grants.end(), extension) != grants.end();
}

const LockedPlugin* PluginsLock::find_sha256(std::string_view sha256) const {
  const auto at = std::find_if(plugins_.begin(), plugins_.end(),
                               [&](const LockedPlugin& p) { return p.sha256 == sha256; });
  return at == plugins_.end() ? nullptr : &*at;
}

std::vector<const LockedPlugin*> PluginsLock::find_id(std::string_view id) const {
  std::vector<const LockedPlugin*> found;
  for (const LockedPlugin& plugin : plugins_) {
    if (plugin.id == id) found.push_back(&plugin);
  }
  return found;
}

PluginsLock::Loaded PluginsLock::parse(std::string_view toml, std::string_view name) {
  LockReader reader(name);
  const auto document = parse_toml(toml);
  if (!document) {
    int line = 0;
    const std::string at = document.error().field;
    std::from_chars(at.data(), at.data() + at.size(), line);
    reader.problem(line, "", document.error().message);
  } else {
    reader.read(*document->as<TomlValue::Table>());
  }
  Loaded loaded;
  if (reader.problems_.empty()) loaded.lock.plugins_ = std::move(reader.plugins_);
  loaded.problems = std::move(reader.problems_);
  return loaded;
}

PluginsLock::Loaded PluginsLock::load(const std::filesystem::path& file) {
  const auto text = read_file(file, kLargestFile);
  if (!text) return Loaded{{}, {{file.string(), 0, "", text.error().message}}};
  return parse(*text, file.string());
}

}  // namespace everbit::config
