#include "config/secrets.h"

#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/files.h"
#include "base/log_redaction.h"

namespace everbit::config {
namespace {

constexpr std::array<std::string_view, 7> kNames = {
    "DATABASE_URL",  "REDIS_URL",        "UPBIT_ACCESS_KEY", "UPBIT_SECRET_KEY",
    "VAPID_SUBJECT", "VAPID_PUBLIC_KEY", "VAPID_PRIVATE_KEY"};
constexpr std::size_t kLargestSecret = 16 * 1024;

void trim_line_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
}

std::optional<std::string> take_variable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  std::string text = value;
  // unsetenv() alone would leave the bytes in /proc/<pid>/environ.
  wipe(value, std::strlen(value));
  ::unsetenv(name.c_str());
  return text;
}

class Reader {
 public:
  explicit Reader(Secrets& out) : out_(out) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder != nullptr) credentials_ = folder;
  }

  void read(std::string_view name_view) {
    const std::string name(name_view);
    // Both are taken even when a credential wins, so that nothing stays in the environment.
    std::optional<std::string> variable = take_variable(name);
    const std::optional<std::string> file = take_variable(name + "_FILE");
    if (!credentials_.empty() && read_file_into(name, credentials_ + "/" + name, true)) {
      if (variable) wipe(variable->data(), variable->size());
      return;
    }
    if (variable) {
      keep(name, *variable);
    } else if (file) {
      read_file_into(name, *file, false);
    }
  }

 private:
  // True when the secret was found there. systemd guards its own folder with an ACL, which shows as
  // a group bit, so that only other files are checked for their mode.
  bool read_file_into(const std::string& name, const std::string& path, bool credential) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
      if (!credential) problem(name, path, "the file does not exist");
      return false;
    }
    if (!credential && (info.st_mode & 077U) != 0) {
      problem(name, path, "the file is readable by others; set its mode to 0600");
      return true;
    }
    auto text = everbit::read_file(path, kLargestSecret);
    if (!text) {
      problem(name, path, text.error().message);
      return true;
    }
    trim_line_end(*text);
    keep(name, *text);
    return true;
  }

  void keep(const std::string& name, std::string& text) {
    const Secret secret(text);
    wipe(text.data(), text.size());
    if (secret.empty()) return;
    register_secret(secret);
    out_.found[name] = secret;
  }

  void problem(const std::string& name, const std::string& path, std::string message) {
    out_.problems.push_back({path, 0, name, std::move(message)});
  }

  Secrets& out_;
  std::string credentials_;
};

}  // namespace

std::span<const std::string_view> secret_names() { return kNames; }

const Secret* Secrets::find(std::string_view name) const {
  const auto at = found.find(name);
  return at == found.end() ? nullptr : &at->second;
}

Secrets take_secrets() {
  Secrets secrets;
  Reader reader(secrets);
  for (const std::string_view name : kNames) reader.read(name);
  return secrets;
}

}  // namespace everbit::config
