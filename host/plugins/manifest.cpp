#include "plugins/manifest.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "everbit/abi.h"

namespace everbit::plugins {

namespace {

constexpr std::size_t kMaxLines = 1024;
constexpr std::size_t kMaxValue = 256;

Error bad(std::string_view key, std::string message) {
  return {"PLUGIN_MANIFEST", "the manifest " + std::move(message), std::string(key)};
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Reverse DNS: at least two parts of lower-case letters, digits and inner hyphens.
bool is_plugin_id(std::string_view text) {
  if (text.empty() || text.find('.') == std::string_view::npos) return false;
  char before = '.';
  for (const char c : text) {
    const bool at_start = before == '.';
    if (c == '.' ? at_start || before == '-' : !is_lower_or_digit(c) && (c != '-' || at_start)) {
      return false;
    }
    before = c;
  }
  return before != '.' && before != '-';
}

// "eb.http/1": dotted lower-case name, a slash, a revision.
bool is_extension_id(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto name = text.substr(0, slash);
  const auto revision = number<std::uint32_t>(text.substr(slash + 1));
  const bool named = name.size() >= 3 && name.find('.') != std::string_view::npos &&
                     std::ranges::all_of(
                         name, [](char c) { return is_lower_or_digit(c) || c == '.' || c == '_'; });
  return named && revision && *revision > 0;
}

bool is_version(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_lower_or_digit(c) || c == '.' || c == '-' || c == '+';
  });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Result<StateSchema> parse_state(std::string_view value) {
  const auto parts = split(value, ':');
  if (parts.size() == 3 && !parts[0].empty()) {
    const auto oldest = number<std::uint32_t>(parts[1]);
    const auto written = number<std::uint32_t>(parts[2]);
    if (oldest && written && *oldest > 0 && *oldest <= *written) {
      return StateSchema{std::string(parts[0]), *oldest, *written};
    }
  }
  return bad("state", "wants id:oldest:written with 1 <= oldest <= written");
}

Result<ManifestReason> parse_reason(std::string_view value) {
  const auto colon = value.find(':');
  const auto code = colon == std::string_view::npos ? "" : value.substr(colon + 1);
  const auto value_number = number<std::int32_t>(value.substr(0, colon));
  const bool named = !code.empty() && std::ranges::all_of(code, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!value_number || *value_number < 1 || !named) return bad("reason", "wants NUMBER:CODE");
  return ManifestReason{*value_number, std::string(code)};
}

class ManifestParser {
 public:
  explicit ManifestParser(std::string_view text) { manifest_.text = std::string(text); }

  Result<Manifest> parse() {
    auto lines = split(manifest_.text, '\n');
    if (!lines.back().empty()) return bad({}, "does not end with a line break");
    lines.pop_back();
    if (lines.empty() || lines.size() > kMaxLines) return bad({}, "has no lines, or too many");
    if (auto first = require_generation(lines.front()); !first) return first.error();
    for (const auto line : lines) {
      if (auto done = take_line(line); !done) return done.error();
    }
    for (const auto* key : {"kind", "id", "version", "host_level"}) {
      if (!seen_.contains(key)) return bad(key, "lacks a key that is required");
    }
    return std::move(manifest_);
  }

 private:
  static Result<void> require_generation(std::string_view line) {
    constexpr std::string_view kKey = "generation=";
    if (!line.starts_with(kKey)) return bad("generation", "does not begin with generation=");
    const auto generation = number<std::int32_t>(line.substr(kKey.size()));
    if (!generation) return bad("generation", "wants a number");
    if (*generation != EB_ABI_GENERATION) {
      return Error("PLUGIN_ABI_GENERATION",
                   "it is built for generation " + std::to_string(*generation) +
                       " of the plugin ABI; this host speaks " + std::to_string(EB_ABI_GENERATION),
                   "generation");
    }
    return {};
  }

  Result<void> take_line(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return bad(line.substr(0, 32), "has a line without key=value");
    const auto key = line.substr(0, equals);
    const auto value = line.substr(equals + 1);
    if (value.empty() || value.size() > kMaxValue) return bad(key, "has an empty or a huge value");
    const bool printable = std::ranges::all_of(value, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!printable) return bad(key, "has a value that is not plain ASCII without blanks");
    const bool repeatable =
        key == "requires" || key == "optional" || key == "draft" || key == "reason";
    if (!seen_.insert(std::string(key)).second && !repeatable) return bad(key, "names a key twice");
    return take(key, value);
  }

  Result<void> take(std::string_view key, std::string_view value) {
    if (key == "generation") return {};
    if (key == "kind") return take_kind(value);
    if (key == "id") return take_text(key, value, is_plugin_id(value), manifest_.id);
    if (key == "version") return take_text(key, value, is_version(value), manifest_.version);
    if (key == "host_level") return take_host_level(value);
    if (key == "requires") return take_extension(key, value, manifest_.required);
    if (key == "optional") return take_extension(key, value, manifest_.optional);
    if (key == "draft") return take_extension(key, value, manifest_.draft);
    if (key == "state") return take_state(value);
    if (key == "reason") return take_reason(value);
    if (key == "database") return take_database(value);
    return bad(key, "has a key that this host does not know");
  }

  Result<void> take_kind(std::string_view value) {
    const auto kind = parse_kind(value);
    if (!kind) return bad("kind", "names an unknown kind");
    manifest_.kind = *kind;
    return {};
  }

  static Result<void> take_text(std::string_view key, std::string_view value, bool well_formed,
                                std::string& out) {
    if (!well_formed) return bad(key, "has a malformed value");
    out = value;
    return {};
  }

  Result<void> take_host_level(std::string_view value) {
    const auto level = number<std::int32_t>(value);
    if (!level || *level < 1) return bad("host_level", "wants a number from 1");
    if (*level > kHostLevel) {
      return Error("PLUGIN_HOST_LEVEL",
                   "it wants a host of feature level " + std::to_string(*level) + ", this is " +
                       std::to_string(kHostLevel),
                   "host_level");
    }
    manifest_.host_level = *level;
    return {};
  }

  Result<void> take_extension(std::string_view key, std::string_view value,
                              std::vector<std::string>& out) {
    if (!is_extension_id(value)) return bad(key, "wants an extension id like eb.timer/1");
    if (!extensions_.insert(std::string(value)).second) return bad(key, "names an extension twice");
    out.emplace_back(value);
    return {};
  }

  Result<void> take_state(std::string_view value) {
    auto state = parse_state(value);
    if (!state) return state.error();
    manifest_.state = std::move(*state);
    return {};
  }

  Result<void> take_reason(std::string_view value) {
    auto reason = parse_reason(value);
    if (!reason) return reason.error();
    if (manifest_.reason_code(reason->number)) return bad("reason", "gives a number twice");
    manifest_.reasons.push_back(std::move(*reason));
    return {};
  }

  Result<void> take_database(std::string_view value) {
    const auto version = number<std::uint32_t>(value);
    if (!version || manifest_.kind != Kind::kEventBus) {
      return bad("database", "wants a number, and a bus (kind comes first)");
    }
    manifest_.database = *version;
    return {};
  }

  Manifest manifest_;
  std::set<std::string, std::less<>> seen_;
  std::set<std::string, std::less<>> extensions_;
};

}  // namespace

std::string to_string(const StateSchema& schema) {
  return schema.id + ':' + std::to_string(schema.oldest_readable) + ':' +
         std::to_string(schema.written);
}

std::optional<std::string_view> Manifest::reason_code(std::int32_t number) const {
  const auto found = std::ranges::find(reasons, number, &ManifestReason::number);
  if (found == reasons.end()) return std::nullopt;
  return found->code;
}

Result<Manifest> parse_manifest(std::string_view text) {
  if (text.empty()) return Error("PLUGIN_NO_MANIFEST", "the file has no manifest note");
  return ManifestParser(text).parse();
}

}  // namespace everbit::plugins
