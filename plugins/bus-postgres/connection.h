#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "bus-postgres/statement.h"

struct pg_conn;
struct pg_result;

namespace everbit::bus_postgres {

using SteadyTime = std::chrono::steady_clock::time_point;

// How long a statement of the bus may take before its connection is given up.
inline constexpr std::chrono::seconds kStatementLimit{5};

// The rows of one statement, all of them text.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);
  int size() const;
  std::string_view text(int row, int column) const;
  std::int64_t integer(int row, int column) const;
  double real(int row, int column) const;
  bool is_null(int row, int column) const;
  std::uint64_t affected() const;
  pg_result* raw() const { return result_.get(); }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

// One connection to PostgreSQL by libpq. Every wait has a deadline; a connection that missed one or
// lost its server is closed, and is_open() says so. One thread at a time.
class Connection final : public Executor {
 public:
  Connection(std::string url, bool durable) : url_(std::move(url)), durable_(durable) {}

  // EB_OK if it is open already. EB_ERR_IO, EB_ERR_TIMEOUT.
  eb_status open(SteadyTime deadline);
  bool is_open() const { return connection_ != nullptr; }
  void close();

  eb_status run(const Statement& statement, std::span<const eb_value> values,
                std::uint64_t* affected) override;
  eb_status query(const Statement& statement, std::span<const eb_value> values, Rows* rows);
  // Not prepared and without parameters: LISTEN, VACUUM.
  eb_status command(const std::string& sql, std::chrono::milliseconds limit, Rows* rows = nullptr);

  // Of the last failure, for people.
  const std::string& error() const { return error_; }
  // For poll(); -1 when closed.
  int socket() const;
  // Reads what has come and takes the payload of one notification that another session sent; false
  // when there is none.
  bool next_notification(std::string* payload);
  // Reads without waiting; false, and closed, if the server is gone.
  bool consume();

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  eb_status prepare(const Statement& statement, SteadyTime deadline);
  eb_status finish(SteadyTime deadline, Rows* rows);
  eb_status wait(short events, SteadyTime deadline);
  eb_status fail(eb_status status, std::string text);
  eb_status broken();

  std::string url_;
  bool durable_;
  std::unique_ptr<pg_conn, Finish> connection_;
  std::unordered_set<std::uint32_t> prepared_;
  std::string error_;
};

}  // namespace everbit::bus_postgres
