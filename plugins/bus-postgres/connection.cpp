#include "bus-postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "bus-postgres/values.h"

namespace everbit::bus_postgres {
namespace {

// A statement that the server itself must give up; a little later than our own limit would be too
// late for a connection that is stuck behind a lock.
constexpr char kRelaxed[] =
    "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000 "
    "-c synchronous_commit=off";
constexpr char kDurable[] =
    "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000 "
    "-c synchronous_commit=on";

eb_status status_of(const char* sqlstate) {
  const std::string_view state = sqlstate == nullptr ? "" : sqlstate;
  if (state == "23505") return EB_ERR_DUPLICATE;
  if (state == "57014") return EB_ERR_TIMEOUT;
  if (state.starts_with("42")) return EB_ERR_SCHEMA;
  return EB_ERR_IO;
}

// The parameters of one statement in libpq's form.
class Parameters {
 public:
  explicit Parameters(std::span<const eb_value> values) {
    texts_.reserve(values.size());
    for (const eb_value& value : values) add(value);
  }
  int size() const { return static_cast<int>(pointers_.size()); }
  const char* const* pointers() const { return pointers_.data(); }

 private:
  void add(const eb_value& value) {
    if (value.kind == EB_VALUE_NULL) {
      pointers_.push_back(nullptr);
      return;
    }
    if (value.kind == EB_VALUE_INT) {
      texts_.push_back(std::to_string(value.integer));
    } else if (value.kind == EB_VALUE_UUID) {
      texts_.push_back(uuid_text(value.bytes.ptr));
    } else {
      texts_.emplace_back(reinterpret_cast<const char*>(value.bytes.ptr), value.bytes.len);
    }
    pointers_.push_back(texts_.back().c_str());
  }
  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

std::string name_of(const Statement& statement) { return "eb" + std::to_string(statement.id); }

}  // namespace

Rows::Rows(pg_result* result) : result_(result) {}
void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }
int Rows::size() const { return result_ == nullptr ? 0 : PQntuples(result_.get()); }
std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}
std::int64_t Rows::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}
double Rows::real(int row, int column) const {
  return std::strtod(PQgetvalue(result_.get(), row, column), nullptr);
}
bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) == 1;
}
std::uint64_t Rows::affected() const {
  return result_ == nullptr ? 0 : std::strtoull(PQcmdTuples(result_.get()), nullptr, 10);
}

void Connection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

eb_status Connection::open(SteadyTime deadline) {
  if (is_open()) return EB_OK;
  const char* const keys[] = {"dbname", "options", "application_name", nullptr};
  const char* const values[] = {url_.c_str(), durable_ ? kDurable : kRelaxed, "everbit bus",
                                nullptr};
  connection_.reset(PQconnectStartParams(keys, values, 1));
  if (connection_ == nullptr) return fail(EB_ERR_NO_MEMORY, "no memory for a connection");
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return broken();
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return broken();
    const eb_status status = wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    if (status != EB_OK) return status;
    state = PQconnectPoll(connection_.get());
  }
  PQsetnonblocking(connection_.get(), 1);
  return EB_OK;
}

void Connection::close() {
  connection_.reset();
  prepared_.clear();
}

eb_status Connection::run(const Statement& statement, std::span<const eb_value> values,
                          std::uint64_t* affected) {
  Rows rows;
  const eb_status status = query(statement, values, &rows);
  if (affected != nullptr) *affected = rows.affected();
  return status;
}

eb_status Connection::query(const Statement& statement, std::span<const eb_value> values,
                            Rows* rows) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + kStatementLimit;
  eb_status status = prepare(statement, deadline);
  if (status != EB_OK) return status;
  const Parameters parameters(values);
  if (PQsendQueryPrepared(connection_.get(), name_of(statement).c_str(), parameters.size(),
                          parameters.pointers(), nullptr, nullptr, 0) != 1) {
    return broken();
  }
  return finish(deadline, rows);
}

eb_status Connection::command(const std::string& sql, std::chrono::milliseconds limit, Rows* rows) {
  if (!is_open()) return fail(EB_ERR_IO, "not connected");
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return broken();
  Rows ignored;
  return finish(std::chrono::steady_clock::now() + limit, rows == nullptr ? &ignored : rows);
}

eb_status Connection::prepare(const Statement& statement, SteadyTime deadline) {
  if (!is_open()) return fail(EB_ERR_IO, "not connected");
  if (prepared_.contains(statement.id)) return EB_OK;
  if (PQsendPrepare(connection_.get(), name_of(statement).c_str(), statement.sql, 0, nullptr) !=
      1) {
    return broken();
  }
  Rows ignored;
  const eb_status status = finish(deadline, &ignored);
  if (status == EB_OK) prepared_.insert(statement.id);
  return status;
}

eb_status Connection::finish(SteadyTime deadline, Rows* rows) {
  pg_conn* connection = connection_.get();
  for (int left = PQflush(connection); left != 0; left = PQflush(connection)) {
    if (left < 0) return broken();
    const eb_status status = wait(POLLIN | POLLOUT, deadline);
    if (status != EB_OK) return status;
    if (PQconsumeInput(connection) != 1) return broken();
  }
  eb_status outcome = EB_OK;
  for (;;) {
    while (PQisBusy(connection) == 1) {
      const eb_status status = wait(POLLIN, deadline);
      if (status != EB_OK) return status;
      if (PQconsumeInput(connection) != 1) return broken();
    }
    Rows result(PQgetResult(connection));
    PGresult* raw = result.raw();
    if (raw == nullptr) break;
    const ExecStatusType state = PQresultStatus(raw);
    if (state == PGRES_COMMAND_OK || state == PGRES_TUPLES_OK) {
      *rows = std::move(result);
    } else {
      outcome =
          fail(status_of(PQresultErrorField(raw, PG_DIAG_SQLSTATE)), PQresultErrorMessage(raw));
    }
  }
  if (PQstatus(connection) == CONNECTION_BAD) return broken();
  return outcome;
}

eb_status Connection::wait(short events, SteadyTime deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      close();
      return fail(EB_ERR_TIMEOUT, "the database did not answer in time");
    }
    pollfd item{PQsocket(connection_.get()), events, 0};
    const int ready = ::poll(&item, 1, static_cast<int>(std::min<long>(left.count() + 1, 60000)));
    if (ready > 0) return EB_OK;
    if (ready < 0 && errno != EINTR) return broken();
  }
}

int Connection::socket() const { return is_open() ? PQsocket(connection_.get()) : -1; }

bool Connection::consume() {
  if (!is_open()) return false;
  if (PQconsumeInput(connection_.get()) == 1) return true;
  broken();
  return false;
}

bool Connection::next_notification(std::string* payload) {
  while (is_open()) {
    PGnotify* notification = PQnotifies(connection_.get());
    if (notification == nullptr) return false;
    const bool own = notification->be_pid == PQbackendPID(connection_.get());
    *payload = notification->extra;
    PQfreemem(notification);
    if (!own) return true;
  }
  return false;
}

eb_status Connection::fail(eb_status status, std::string text) {
  error_ = std::move(text);
  return status;
}

eb_status Connection::broken() {
  std::string text = connection_ == nullptr ? "not connected" : PQerrorMessage(connection_.get());
  close();
  return fail(EB_ERR_IO, std::move(text));
}

}  // namespace everbit::bus_postgres
