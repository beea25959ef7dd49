#include "base/log_redaction.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace everbit {
namespace {

constexpr std::size_t kShortestSecret = 8;

struct Registry {
  std::shared_mutex mutex;
  std::vector<Secret> secrets;
};

Registry& registry() {
  // Never destroyed: other threads may log until the very end.
  static auto* instance = new Registry;
  return *instance;
}

// Lower case without '_' and '-', so that accessKey, access_key and Access-Key are one.
std::string normalised(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '_' || c == '-' || c == '.') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

void cut_url_passwords(std::string& text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at)) {
    at += 3;
    const std::size_t end = std::min(text.find_first_of("/ \t\n\"'?#", at), text.size());
    const std::size_t sign = text.rfind('@', end);
    if (sign == std::string::npos || sign < at || sign >= end) continue;
    const std::size_t colon = text.find(':', at);
    if (colon < sign) text.replace(colon + 1, sign - colon - 1, kRedacted);
  }
}

}  // namespace

bool is_secret_key(std::string_view key) {
  static constexpr std::array<std::string_view, 14> kParts = {
      "authorization", "accesskey", "secret",     "token", "cookie",     "password",  "passwd",
      "dsn",           "apikey",    "privatekey", "jwt",   "credential", "signature", "p256dh"};
  const std::string name = normalised(key);
  if (key.ends_with("_enc") || key.ends_with("Enc")) return true;
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

void register_secret(const Secret& secret) {
  if (secret.size() < kShortestSecret) return;
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto same = [&](const Secret& other) { return other.reveal() == secret.reveal(); };
  if (std::any_of(known.secrets.begin(), known.secrets.end(), same)) return;
  known.secrets.push_back(secret);
}

std::string redact(std::string_view text) {
  std::string out(text);
  Registry& known = registry();
  {
    const std::shared_lock lock(known.mutex);
    for (const Secret& secret : known.secrets) {
      for (std::size_t at = out.find(secret.reveal()); at != std::string::npos;
           at = out.find(secret.reveal(), at + kRedacted.size())) {
        out.replace(at, secret.size(), kRedacted);
      }
    }
  }
  cut_url_passwords(out);
  return out;
}

}  // namespace everbit
