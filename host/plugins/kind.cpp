#include "plugins/kind.h"

#include <algorithm>
#include <array>
#include <span>

namespace everbit::plugins {

namespace {

using Names = std::span<const std::string_view>;

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr std::array<KindName, 5> kNames{{{Kind::kStrategy, "strategy"},
                                          {Kind::kExchange, "exchange"},
                                          {Kind::kAuth, "auth"},
                                          {Kind::kNotifier, "notifier"},
                                          {Kind::kEventBus, "event_bus"}}};

// Prefixes up to the version.
constexpr std::array<std::string_view, 6> kPlainLibraries{"libc.so.",
                                                          "libm.so.",
                                                          "libstdc++.so.",
                                                          "libgcc_s.so.",
                                                          "ld-linux-x86-64.so.",
                                                          "ld-linux-aarch64.so."};
constexpr std::array<std::string_view, 2> kCodecLibraries{"libcrypto.so.", "libsimdjson.so."};
constexpr std::array<std::string_view, 6> kBusLibraries{
    "libpqxx-", "libpqxx.so.", "libpq.so.", "librdkafka.so.", "librdkafka++.so.", "libcrypto.so."};
#ifdef EVERBIT_SANITIZER
constexpr std::array<std::string_view, 3> kToolLibraries{"libasan.so.", "libubsan.so.",
                                                         "libtsan.so."};
#else
constexpr std::array<std::string_view, 0> kToolLibraries{};
#endif

constexpr std::array<std::string_view, 26> kProcess{
    "exit",   "_exit",  "_Exit",     "quick_exit", "signal",      "sigaction", "raise",
    "kill",   "fork",   "vfork",     "clone",      "system",      "popen",     "execv",
    "execve", "execvp", "execl",     "execlp",     "posix_spawn", "dlopen",    "dlmopen",
    "dlsym",  "atexit", "setlocale", "ptrace",     "prctl"};
constexpr std::array<std::string_view, 18> kNetworkAndThreads{
    "socket",        "socketpair",     "connect",     "bind",         "listen",
    "accept",        "accept4",        "sendto",      "recvfrom",     "getaddrinfo",
    "gethostbyname", "pthread_create", "thrd_create", "timer_create", "epoll_create1",
    "eventfd",       "mq_open",        "shm_open"};
// std::thread imports only the first, a thread_local with a destructor only the second.
constexpr std::array<std::string_view, 2> kThreadPrefixes{"_ZNSt6thread15_M_start_thread",
                                                          "__cxa_thread_atexit"};
constexpr std::array<std::string_view, 23> kOutsideWorld{
    "open",    "open64",        "openat",       "fopen",         "fopen64",         "freopen",
    "environ", "__environ",     "getenv",       "secure_getenv", "setenv",          "putenv",
    "time",    "clock_gettime", "gettimeofday", "nanosleep",     "clock_nanosleep", "sleep",
    "usleep",  "rand",          "random",       "getrandom",     "getentropy"};
constexpr std::array<std::string_view, 4> kOutsidePrefixes{
    "_ZNSt6chrono3_V212system_clock3now", "_ZNSt6chrono3_V212steady_clock3now",
    "_ZNSt13random_device", "_ZNSt13basic_filebuf"};

constexpr std::array<std::string_view, 4> kStrategyExtensions{"eb.decimal/1", "eb.timer/1",
                                                              "eb.worker/1", "eb.thread_check/1"};
constexpr std::array<std::string_view, 2> kExchangeExtensions{"eb.decimal/1", "eb.thread_check/1"};
constexpr std::array<std::string_view, 6> kAuthExtensions{"eb.decimal/1",      "eb.http/1",
                                                          "eb.timer/1",        "eb.worker/1",
                                                          "eb.thread_check/1", "eb.auth.host/1"};
constexpr std::array<std::string_view, 7> kNotifierExtensions{
    "eb.decimal/1", "eb.http/1",         "eb.ws/1",           "eb.timer/1",
    "eb.worker/1",  "eb.thread_check/1", "eb.notifier.host/1"};
constexpr std::array<std::string_view, 2> kBusExtensions{"eb.decimal/1", "eb.thread_check/1"};

bool contains(Names names, std::string_view text) {
  return std::ranges::find(names, text) != names.end();
}
bool starts_with_any(Names prefixes, std::string_view text) {
  return std::ranges::any_of(prefixes, [&](auto prefix) { return text.starts_with(prefix); });
}

Names extensions_of(Kind kind) {
  switch (kind) {
    case Kind::kStrategy:
      return kStrategyExtensions;
    case Kind::kExchange:
      return kExchangeExtensions;
    case Kind::kAuth:
      return kAuthExtensions;
    case Kind::kNotifier:
      return kNotifierExtensions;
    case Kind::kEventBus:
      return kBusExtensions;
  }
  return {};
}

}  // namespace

std::optional<Kind> parse_kind(std::string_view text) {
  const auto* found = std::ranges::find(kNames, text, &KindName::name);
  if (found == kNames.end()) return std::nullopt;
  return found->kind;
}

std::string_view to_string(Kind kind) {
  const auto* found = std::ranges::find(kNames, kind, &KindName::kind);
  return found == kNames.end() ? std::string_view("?") : found->name;
}

bool may_need(Kind kind, std::string_view library) {
  if (starts_with_any(kPlainLibraries, library) || starts_with_any(kToolLibraries, library)) {
    return true;
  }
  if (kind == Kind::kEventBus) return starts_with_any(kBusLibraries, library);
  return kind != Kind::kStrategy && starts_with_any(kCodecLibraries, library);
}

bool is_forbidden_import(Kind kind, std::string_view symbol) {
  if (contains(kProcess, symbol)) return true;
  if (kind == Kind::kEventBus) return false;
  if (contains(kNetworkAndThreads, symbol) || starts_with_any(kThreadPrefixes, symbol)) return true;
  if (kind != Kind::kStrategy) return false;
  return contains(kOutsideWorld, symbol) || starts_with_any(kOutsidePrefixes, symbol);
}

bool may_be_granted(Kind kind, std::string_view extension) {
  return contains(extensions_of(kind), extension);
}

}  // namespace everbit::plugins
