#include "config/load.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

#include "base/files.h"
#include "config/schema.h"
#include "config/toml.h"
#include "config/whole_check.h"

namespace everbit::config {
namespace {

constexpr std::size_t kLargestFile = 256 * 1024;

const Key* find_key(std::string_view name) {
  const auto keys = schema();
  const auto at =
      std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == name; });
  return at == keys.end() ? nullptr : &*at;
}

bool is_section(std::string_view name) {
  const std::string prefix = std::string(name) + ".";
  const auto keys = schema();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const Key& k) { return k.name.starts_with(prefix); });
}

// Secrets have settings-like names in people's heads; the message says where they belong.
std::string_view secret_for(std::string_view key) {
  if (key == "exchange.accessKey") return "UPBIT_ACCESS_KEY";
  if (key == "exchange.secretKey") return "UPBIT_SECRET_KEY";
  if (key == "database.password") return "DATABASE_URL";
  return {};
}

class Loading {
 public:
  explicit Loading(std::string_view file) : file_(file) {}

  void defaults() {
    for (const Key& key : schema()) {
      const auto document = parse_toml("x = " + std::string(key.fallback));
      const TomlValue& value = document.value().as<TomlValue::Table>()->front().value;
      const auto stored = store(key, settings_, value);
      if (!stored) throw std::logic_error(std::string(key.name) + ": " + stored.error().message);
      settings_.effective[std::string(key.name)] = canonical(value);
    }
  }

  void apply(const TomlValue::Table& table, const std::string& prefix) {
    for (const auto& [name, value] : table) {
      const std::string full = prefix + name;
      if (const Key* key = find_key(full)) {
        apply_key(*key, value);
      } else if (is_section(full)) {
        const auto* section = value.as<TomlValue::Table>();
        if (section != nullptr) {
          apply(*section, full + ".");
        } else {
          problem(value.line, full, "expected a section");
        }
      } else {
        unknown(full, value.line);
      }
    }
  }

  void apply_secrets(const Secrets& secrets) {
    problems_.insert(problems_.end(), secrets.problems.begin(), secrets.problems.end());
    const auto take = [&](std::string_view name, Secret& field) {
      if (const Secret* secret = secrets.find(name)) field = *secret;
    };
    take("DATABASE_URL", settings_.database.url);
    take("REDIS_URL", settings_.redis.url);
    take("UPBIT_ACCESS_KEY", settings_.exchange.access_key);
    take("UPBIT_SECRET_KEY", settings_.exchange.secret_key);
    take("VAPID_SUBJECT", settings_.push.vapid_subject);
    take("VAPID_PUBLIC_KEY", settings_.push.vapid_public_key);
    take("VAPID_PRIVATE_KEY", settings_.push.vapid_private_key);
  }

  void problem(int line, std::string field, std::string message) {
    problems_.push_back({std::string(file_), line, std::move(field), std::move(message)});
  }

  Loaded finish() {
    for (const auto& [field, message] : check_whole(settings_)) {
      // A field that is wrong by itself needs no second complaint.
      if (!wrong_.contains(field)) problem(line_of(field), field, message);
    }
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    Loaded loaded;
    if (problems_.empty()) loaded.settings = std::move(settings_);
    loaded.problems = std::move(problems_);
    return loaded;
  }

 private:
  void apply_key(const Key& key, const TomlValue& value) {
    const std::string name(key.name);
    lines_[name] = value.line;
    const auto stored = store(key, settings_, value);
    if (!stored) {
      wrong_.insert(name);
      problem(value.line, name, stored.error().message);
      return;
    }
    settings_.effective[name] = canonical(value);
  }

  void unknown(const std::string& name, int line) {
    const std::string_view secret = secret_for(name);
    if (!secret.empty()) {
      problem(line, name,
              "a secret does not belong into this file; give it as " + std::string(secret));
      return;
    }
    const std::string near = nearest(name, key_names());
    problem(line, name, near.empty() ? "unknown key" : "unknown key; did you mean " + near + "?");
  }

  int line_of(const std::string& field) const {
    const auto at = lines_.find(field);
    return at == lines_.end() ? 0 : at->second;
  }

  std::string_view file_;
  Settings settings_;
  std::vector<ConfigProblem> problems_;
  std::map<std::string, int> lines_;
  std::set<std::string> wrong_;
};

}  // namespace

Loaded load_settings_text(std::string_view toml, std::string_view name, const Secrets& secrets) {
  Loading loading(name);
  loading.defaults();
  const auto document = parse_toml(toml);
  if (!document) {
    int line = 0;
    const std::string at = document.error().field;
    std::from_chars(at.data(), at.data() + at.size(), line);
    return Loaded{{}, {{std::string(name), line, "", document.error().message}}};
  }
  loading.apply(*document->as<TomlValue::Table>(), "");
  loading.apply_secrets(secrets);
  return loading.finish();
}

Loaded load_settings(const std::filesystem::path& file, const Secrets& secrets) {
  const auto text = read_file(file, kLargestFile);
  if (!text) return Loaded{{}, {{file.string(), 0, "", text.error().message}}};
  return load_settings_text(*text, file.string(), secrets);
}

}  // namespace everbit::config
