#include "support/hanging_names.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everbit::test {
namespace {

// Never destroyed: a thread that was let go may still be on its way out.
struct State {
  std::mutex mutex;
  std::condition_variable changed;
  bool on = false;
  int hanging = 0;
  int lives = 0;
};

State& state() {
  static auto* const the = new State;
  return *the;
}

bool hang(std::string_view name) {
  if (!name.starts_with("hang")) return false;
  std::unique_lock lock(state().mutex);
  if (!state().on) return true;
  ++state().hanging;
  const int life = state().lives;
  state().changed.wait(lock, [life] { return state().lives != life; });
  return true;
}

}  // namespace

HangingNames::HangingNames() {
  const std::lock_guard lock(state().mutex);
  state().on = true;
}

HangingNames::~HangingNames() {
  const std::lock_guard lock(state().mutex);
  state().on = false;
  state().hanging = 0;
  ++state().lives;
  state().changed.notify_all();
}

int HangingNames::hanging() {
  const std::lock_guard lock(state().mutex);
  return state().hanging;
}

namespace {

struct Forgery {
  std::vector<std::string> addresses;
  std::vector<std::string> then;
  int lookups = 0;
};

struct Forgeries {
  std::mutex mutex;
  std::map<std::string, Forgery, std::less<>> names;
};

Forgeries& forgeries() {
  static auto* const the = new Forgeries;
  return *the;
}

// What the name is said to have now; none: it is left to the machine.
std::vector<std::string> forged(std::string_view name) {
  Forgeries& all = forgeries();
  const std::lock_guard lock(all.mutex);
  const auto found = all.names.find(name);
  if (found == all.names.end()) return {};
  Forgery& forgery = found->second;
  return ++forgery.lookups > 1 && !forgery.then.empty() ? forgery.then : forgery.addresses;
}

}  // namespace

ForgedName::ForgedName(std::string name, std::vector<std::string> addresses)
    : ForgedName(std::move(name), std::move(addresses), {}) {}

ForgedName::ForgedName(std::string name, std::vector<std::string> once,
                       std::vector<std::string> then)
    : name_(std::move(name)) {
  const std::lock_guard lock(forgeries().mutex);
  forgeries().names[name_] = {std::move(once), std::move(then)};
}

ForgedName::~ForgedName() {
  const std::lock_guard lock(forgeries().mutex);
  forgeries().names.erase(name_);
}

int ForgedName::lookups() const {
  const std::lock_guard lock(forgeries().mutex);
  return forgeries().names[name_].lookups;
}

}  // namespace everbit::test

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** list) {
  const bool numeric = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (name != nullptr && !numeric && everbit::test::hang(name)) return EAI_NONAME;
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const auto addresses =
      name != nullptr && !numeric ? everbit::test::forged(name) : std::vector<std::string>();
  if (addresses.empty()) return real(name, service, hints, list);
  addrinfo** end = list;
  for (const std::string& address : addresses) {
    if (const int code = real(address.c_str(), service, nullptr, end); code != 0) return code;
    // One for each kind of socket.
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return 0;
}
