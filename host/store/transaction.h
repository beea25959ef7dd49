#pragma once

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/deadline.h"
#include "base/result.h"
#include "store/pool.h"

namespace everbit::store {

enum class CommitOutcome {
  kCommitted,
  kFailed,     // certainly not committed
  kUndecided,  // the COMMIT went out and no answer came: it may be either
};

// What became of a COMMIT. After kUndecided the caller reads the row that its transaction guards
// (as_of, attempt and sent_token, fill) on a new connection, and repeats only what is missing.
struct [[nodiscard]] CommitResult {
  CommitOutcome outcome = CommitOutcome::kFailed;
  Error error;

  bool committed() const { return outcome == CommitOutcome::kCommitted; }
  bool undecided() const { return outcome == CommitOutcome::kUndecided; }
};

// One open transaction on a connection of the pool. One thread at a time. Rolled back when
// destroyed without a commit. After a failed statement it is lost: further statements fail and
// commit() says kFailed. No network call and no wait for anything else while one is open.
class Transaction {
 public:
  // The deadline bounds the wait for a connection and every statement up to the COMMIT's answer.
  static Result<Transaction> begin(Pool& pool, Deadline deadline);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  template <class... T>
  Result<Rows> exec(Sql sql, const T&... values) {
    const std::array<Param, sizeof...(T)> params{Param(values)...};
    return exec_params(sql, params);
  }
  Result<Rows> exec_params(Sql sql, std::span<const Param> params);

  // Ends the transaction, whatever the outcome.
  CommitResult commit();
  void rollback();

  Deadline deadline() const { return deadline_; }
  bool is_open() const { return lease_.has_value(); }
  int backend_pid() const { return (*lease_)->backend_pid(); }

 private:
  Transaction(Lease lease, Deadline deadline) : lease_(std::move(lease)), deadline_(deadline) {}

  std::optional<Lease> lease_;
  Deadline deadline_;
  bool failed_ = false;
};

}  // namespace everbit::store
