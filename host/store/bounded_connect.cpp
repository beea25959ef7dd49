#include "store/bounded_connect.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <pqxx/except>
#include <utility>

namespace everbit::store {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connecting = std::unique_ptr<PGconn, Finish>;

// False once the deadline has passed.
bool wait_for(int socket, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
    pollfd entry{socket, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
    if (ready > 0) return true;
    if (ready == 0 && deadline.expired()) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

[[noreturn]] void fail(const Connecting& connecting) {
  std::string reason = connecting ? PQerrorMessage(connecting.get()) : "out of memory";
  while (!reason.empty() && (reason.back() == '\n' || reason.back() == ' ')) reason.pop_back();
  throw pqxx::broken_connection(reason);
}

// Asked first, because libpq's words about an address it cannot read quote it, password and all.
bool is_readable(const std::string& dsn) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(dsn.c_str(), nullptr), &PQconninfoFree);
  return options != nullptr;
}

std::string session_options(const ConnectSettings& settings) {
  const auto option = [](std::string_view name, std::chrono::milliseconds value) {
    return " -c " + std::string(name) + "=" + std::to_string(value.count());
  };
  return "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex"
         " -c extra_float_digits=1 -c synchronous_commit=on -c client_min_messages=warning"
         " -c default_transaction_isolation=read\\ committed"
         // A peer that vanished without a word must not keep its locks for two hours.
         " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3" +
         option("statement_timeout", settings.statement_timeout) +
         option("lock_timeout", settings.lock_timeout) +
         option("idle_in_transaction_session_timeout", settings.idle_in_transaction_timeout);
}

Connecting start(const ConnectSettings& settings) {
  const std::string options = session_options(settings);
  // A later keyword wins over what the DSN says.
  const char* const keywords[] = {"dbname",          "application_name", "options",
                                  "client_encoding", "tcp_user_timeout", nullptr};
  const char* const values[] = {settings.dsn.c_str(),
                                settings.application_name.c_str(),
                                options.c_str(),
                                "UTF8",
                                "10000",
                                nullptr};
  Connecting connecting(PQconnectStartParams(keywords, values, 1));
  if (!connecting || PQstatus(connecting.get()) == CONNECTION_BAD) fail(connecting);
  return connecting;
}

void finish(const Connecting& connecting, Deadline deadline) {
  auto state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) fail(connecting);
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(PQsocket(connecting.get()), events, deadline)) {
      throw pqxx::broken_connection("the database did not answer in time");
    }
    state = PQconnectPoll(connecting.get());
  }
}

}  // namespace

BoundedConnect::BoundedConnect(const ConnectSettings& settings, Deadline deadline)
    : connectionpolicy(""), settings_(&settings), deadline_(deadline) {}

// Called twice while a session opens, the second time with what the first call returned.
BoundedConnect::handle BoundedConnect::do_startconnect(handle current) {
  if (current != nullptr && PQstatus(current) == CONNECTION_OK) return current;
  const ConnectSettings* settings = std::exchange(settings_, nullptr);
  if (settings == nullptr) throw pqxx::broken_connection("the session was lost");
  if (!is_readable(settings->dsn)) {
    throw pqxx::broken_connection("the database's address is not one that libpq can read");
  }
  Connecting connecting = start(*settings);
  finish(connecting, Deadline::after(settings->connect_timeout).earlier(deadline_));
  return connecting.release();
}

}  // namespace everbit::store
