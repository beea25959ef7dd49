#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "store/param.h"
#include "store/rows.h"

namespace everbit::store {

// A statement: a constant beside the function that runs it. It is prepared once on each connection,
// and told apart by its text, so no name can be given twice.
struct Sql {
  std::string_view text;
};

// How to reach the database and how long to wait for it. The session always runs in UTC, with
// synchronous_commit on; `options` of the DSN are replaced.
struct ConnectSettings {
  std::string dsn;
  std::string application_name = "everbit";
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds idle_in_transaction_timeout{30000};
};

// One session. Blocks the calling thread, never past the deadline; one thread at a time. After
// DB_CONNECTION_LOST, and after a deadline of ours, the session is broken for good: whoever owns it
// throws it away. A deadline that had passed before anything was sent is DB_TIMEOUT and breaks
// nothing. Errors: the codes of store/errors.h.
class Connection {
 public:
  // Codes DB_UNAVAILABLE. Bounded by the settings' connect_timeout as well.
  static Result<Connection> open(const ConnectSettings& settings, Deadline deadline);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  template <class... T>
  Result<Rows> exec(Deadline deadline, Sql sql, const T&... values) {
    const std::array<Param, sizeof...(T)> params{Param(values)...};
    return exec_params(deadline, sql, params);
  }
  Result<Rows> exec_params(Deadline deadline, Sql sql, std::span<const Param> params);
  // Several statements in one text, without parameters; the answer of the last.
  Result<Rows> exec_script(Deadline deadline, const std::string& script);

  // Statements belong to the transaction until it ends. It is begun and ended by these alone, never
  // by SQL text. After a commit that gives DB_CONNECTION_LOST it may be committed or not.
  Result<void> begin(Deadline deadline);
  Result<void> commit(Deadline deadline);
  void rollback(Deadline deadline);

  bool is_broken() const;
  bool in_transaction() const;
  // Looks, without waiting, whether the server has gone while nobody was looking.
  bool is_alive();
  // For the log and for tests.
  int backend_pid() const;

 private:
  class Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace everbit::store
