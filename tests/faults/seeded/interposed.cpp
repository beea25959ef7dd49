#include "faults/seeded/interposed.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <time.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace everbit::faults {
namespace {

std::function<CommitFate()> commit_hook;
std::function<bool(std::chrono::milliseconds)> sleep_hook;

template <class Function>
Function* library_function(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) throw std::logic_error(std::string("no such function: ") + name);
  return reinterpret_cast<Function*>(found);
}

PGresult* run(PGconn* connection, const char* query) {
  static auto* const real = library_function<PGresult*(PGconn*, const char*)>("PQexec");
  return real(connection, query);
}

void cut(PGconn* connection) { (void)::shutdown(PQsocket(connection), SHUT_RDWR); }

}  // namespace

void set_commit_hook(std::function<CommitFate()> hook) { commit_hook = std::move(hook); }
void set_sleep_hook(std::function<bool(std::chrono::milliseconds)> hook) {
  sleep_hook = std::move(hook);
}

PGresult* exec_or_lose(PGconn* connection, const char* query) {
  if (!commit_hook || std::strcmp(query, "COMMIT") != 0) return run(connection, query);
  const CommitFate fate = commit_hook();
  if (fate == CommitFate::kGoes) return run(connection, query);
  if (fate == CommitFate::kAnswerLost) PQclear(run(connection, query));
  cut(connection);
  return run(connection, query);
}

int sleep_or_wait(const timespec* time, timespec* left) {
  using std::chrono::milliseconds;
  const milliseconds asked(time->tv_sec * 1000 + time->tv_nsec / 1'000'000);
  if (sleep_hook && asked.count() > 0 && sleep_hook(asked)) return 0;
  const int error = ::clock_nanosleep(CLOCK_REALTIME, 0, time, left);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace everbit::faults

extern "C" {

PGresult* PQexec(PGconn* connection, const char* query) {
  return everbit::faults::exec_or_lose(connection, query);
}

int nanosleep(const timespec* time, timespec* left) {
  return everbit::faults::sleep_or_wait(time, left);
}
}
