#include "config/secret_versions.h"

#include <algorithm>

#include "base/base64.h"

namespace everbit::config {
namespace {

constexpr std::size_t kMostVersions = 16;
constexpr std::size_t kLongestId = 32;

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Error syntax(std::string_view name, std::string_view what) {
  return Error("SECRET_SYNTAX", std::string(what), std::string(name));
}

Result<SecretVersion> parse_one(std::string_view name, std::string_view text,
                                std::size_t least_bytes) {
  SecretVersion version;
  version.id = "1";
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    if (!is_id(text.substr(0, colon))) return syntax(name, "has a version without a usable id");
    version.id = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  auto bytes = base64_decode(text);
  if (!bytes || bytes->empty()) {
    return syntax(name, "is not base64, or id:base64 with commas between versions");
  }
  const bool is_short = bytes->size() < least_bytes;
  if (!is_short) version.bytes = Secret(*bytes);
  wipe(bytes->data(), bytes->size());
  if (is_short) {
    return Error("SECRET_SHORT", "is shorter than " + std::to_string(least_bytes) + " bytes",
                 std::string(name));
  }
  return version;
}

}  // namespace

Result<std::vector<SecretVersion>> parse_secret_versions(std::string_view name, const Secret& text,
                                                         std::size_t least_bytes) {
  if (text.empty()) return Error("SECRET_MISSING", "is not given", std::string(name));
  std::vector<SecretVersion> versions;
  std::string_view rest = text.reveal();
  for (bool more = true; more;) {
    const auto comma = rest.find(',');
    more = comma != std::string_view::npos;
    auto version = parse_one(name, rest.substr(0, comma), least_bytes);
    if (!version) return version.error();
    const bool twice = std::any_of(versions.begin(), versions.end(),
                                   [&](const auto& one) { return one.id == version->id; });
    if (twice) return syntax(name, "has two versions of one id");
    versions.push_back(std::move(*version));
    if (versions.size() > kMostVersions) return syntax(name, "has too many versions");
    if (more) rest.remove_prefix(comma + 1);
  }
  return versions;
}

}  // namespace everbit::config
