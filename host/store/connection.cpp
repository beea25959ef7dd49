#include "store/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "store/errors.h"

namespace everbit::store {
namespace {

// More statements than the program has; text made at run time must not grow the session for ever.
constexpr std::size_t kMaxPrepared = 512;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, Clear>;

std::string trimmed(const char* text) {
  std::string message = text == nullptr ? "" : text;
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  return message;
}

std::string_view code_of(std::string_view state) {
  if (state == "23505" || state == "23P01") return kUniqueViolation;
  if (state == "23001") return kRefused;
  if (state.starts_with("23") || state == "22P02" || state == "22003") return kConstraint;
  if (state == "40001" || state == "40P01") return kConflict;
  if (state == "57014" || state == "55P03") return kTimeout;
  if (state.starts_with("53") || state == "58030") return kShortage;
  if (state.starts_with("08") || state.starts_with("57P") || state == "25P03")
    return kConnectionLost;
  return kSqlError;
}

Error error_of(const PGresult* result) {
  const auto field = [&](int which) { return trimmed(PQresultErrorField(result, which)); };
  std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
  if (const std::string at = field(PG_DIAG_STATEMENT_POSITION); !at.empty()) {
    message += " (at character " + at + ")";
  }
  if (const std::string detail = field(PG_DIAG_MESSAGE_DETAIL); !detail.empty()) {
    message += "; " + detail;
  }
  return make_error(code_of(field(PG_DIAG_SQLSTATE)), message, field(PG_DIAG_CONSTRAINT_NAME));
}

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

}  // namespace

class Connection::Impl {
 public:
  explicit Impl(PGconn* connection) : connection_(connection) {}

  PGconn* get() const { return connection_.get(); }
  bool broken() const { return broken_ || PQstatus(get()) != CONNECTION_OK; }

  Result<void> finish_connecting(Deadline deadline);
  Result<Rows> exec(Deadline deadline, Sql sql, std::span<const Param> params);
  Result<Rows> run(Deadline deadline, const std::function<int()>& send);
  bool alive();

 private:
  Result<std::string> prepared(Deadline deadline, Sql sql);
  Error lost(std::string_view what);
  Result<void> flush(Deadline deadline);
  Result<ResultPtr> next_result(Deadline deadline);

  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Finish> connection_;
  std::unordered_map<std::string, std::string> prepared_;
  bool broken_ = false;
};

Error Connection::Impl::lost(std::string_view what) {
  broken_ = true;
  std::string reason = trimmed(PQerrorMessage(get()));
  return make_error(kConnectionLost, std::string(what) + (reason.empty() ? "" : ": " + reason));
}

Result<void> Connection::Impl::finish_connecting(Deadline deadline) {
  auto state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) {
      return make_error(kUnavailable, trimmed(PQerrorMessage(get())));
    }
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(PQsocket(get()), events, deadline)) {
      return make_error(kUnavailable, "the database did not answer in time");
    }
    state = PQconnectPoll(get());
  }
  // A warning must not end up on stderr, where the log's redaction does not see it.
  PQsetNoticeReceiver(
      get(), [](void*, const PGresult*) {}, nullptr);
  if (PQsetnonblocking(get(), 1) != 0) return make_error(kUnavailable, "cannot set non-blocking");
  return {};
}

Result<void> Connection::Impl::flush(Deadline deadline) {
  for (;;) {
    const int pending = PQflush(get());
    if (pending == 0) return {};
    if (pending < 0) return lost("sending failed");
    // The server may be writing to us and not reading until we have read.
    if (!wait_for(PQsocket(get()), POLLIN | POLLOUT, deadline)) return lost("no answer in time");
    if (PQconsumeInput(get()) == 0) return lost("connection lost");
  }
}

Result<ResultPtr> Connection::Impl::next_result(Deadline deadline) {
  while (PQisBusy(get()) != 0) {
    if (!wait_for(PQsocket(get()), POLLIN, deadline)) return lost("no answer in time");
    if (PQconsumeInput(get()) == 0) return lost("connection lost");
  }
  return ResultPtr(PQgetResult(get()));
}

// Sends, and reads until the server is done. The last answer counts; of several errors the first.
Result<Rows> Connection::Impl::run(Deadline deadline, const std::function<int()>& send) {
  if (broken()) return lost("the connection was lost before");
  if (send() == 0) return lost("sending failed");
  if (auto sent = flush(deadline); !sent) return sent.error();
  ResultPtr last;
  std::optional<Error> failure;
  for (;;) {
    auto result = next_result(deadline);
    if (!result) return result.error();
    if (*result == nullptr) break;
    last = std::move(*result);
    const auto status = PQresultStatus(last.get());
    const bool good =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!good && !failure) failure = error_of(last.get());
  }
  if (PQstatus(get()) != CONNECTION_OK) return lost(failure ? failure->message : "connection lost");
  if (failure) {
    if (failure->code == kConnectionLost) broken_ = true;
    return *failure;
  }
  return Rows(last.release());
}

Result<std::string> Connection::Impl::prepared(Deadline deadline, Sql sql) {
  std::string text(sql.text);
  if (const auto found = prepared_.find(text); found != prepared_.end()) return found->second;
  if (prepared_.size() >= kMaxPrepared) {
    auto freed = run(deadline, [&] { return PQsendQuery(get(), "DEALLOCATE ALL"); });
    if (!freed) return freed.error();
    prepared_.clear();
  }
  std::string name = "s" + std::to_string(prepared_.size());
  auto done =
      run(deadline, [&] { return PQsendPrepare(get(), name.c_str(), text.c_str(), 0, nullptr); });
  if (!done) return done.error();
  prepared_.emplace(std::move(text), name);
  return name;
}

Result<Rows> Connection::Impl::exec(Deadline deadline, Sql sql, std::span<const Param> params) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const Param& param : params) {
    if (!param.is_sendable()) {
      return make_error(kBadParameter, "a text parameter holds a NUL byte");
    }
    values.push_back(param.data());
    lengths.push_back(param.size());
    formats.push_back(param.is_binary() ? 1 : 0);
  }
  auto name = prepared(deadline, sql);
  if (!name) return name.error();
  return run(deadline, [&] {
    return PQsendQueryPrepared(get(), name->c_str(), static_cast<int>(values.size()), values.data(),
                               lengths.data(), formats.data(), 0);
  });
}

bool Connection::Impl::alive() {
  if (broken()) return false;
  pollfd entry{PQsocket(get()), POLLIN, 0};
  if (poll(&entry, 1, 0) <= 0) return true;
  // Nobody asked, so what came is the server's farewell. (It may also be the new value of a
  // setting; another session for that is cheap.)
  broken_ = true;
  return false;
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const ConnectSettings& settings, Deadline deadline) {
  if (!is_readable(settings.dsn)) {
    return make_error(kUnavailable, "the database's address is not one that libpq can read");
  }
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
  auto impl = std::make_unique<Impl>(PQconnectStartParams(keywords, values, 1));
  if (impl->get() == nullptr || PQstatus(impl->get()) == CONNECTION_BAD) {
    return make_error(kUnavailable, trimmed(PQerrorMessage(impl->get())));
  }
  const Deadline limit = deadline.earlier(Deadline::after(settings.connect_timeout));
  if (auto done = impl->finish_connecting(limit); !done) return done.error();
  return Connection(std::move(impl));
}

Result<Rows> Connection::exec_params(Deadline deadline, Sql sql, std::span<const Param> params) {
  return impl_->exec(deadline, sql, params);
}

Result<Rows> Connection::exec_script(Deadline deadline, const std::string& script) {
  return impl_->run(deadline, [&] { return PQsendQuery(impl_->get(), script.c_str()); });
}

bool Connection::is_broken() const { return impl_->broken(); }

bool Connection::in_transaction() const {
  return PQtransactionStatus(impl_->get()) != PQTRANS_IDLE;
}

bool Connection::is_alive() { return impl_->alive(); }

int Connection::backend_pid() const { return PQbackendPID(impl_->get()); }

}  // namespace everbit::store
