#include "support/hanging_names.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>
#include <string_view>

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

}  // namespace everbit::test

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** list) {
  const bool numeric = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (name != nullptr && !numeric && everbit::test::hang(name)) return EAI_NONAME;
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, list);
}
