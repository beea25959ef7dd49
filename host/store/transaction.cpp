#include "store/transaction.h"

#include "store/errors.h"

namespace everbit::store {
namespace {

// A rollback is a courtesy: the server rolls back by itself when the session ends.
constexpr std::chrono::milliseconds kRollbackBudget{500};

}  // namespace

Result<Transaction> Transaction::begin(Pool& pool, Deadline deadline) {
  auto lease = pool.acquire(deadline);
  if (!lease) return lease.error();
  if (auto begun = (*lease)->begin(deadline); !begun) return begun.error();
  return Transaction(std::move(*lease), deadline);
}

// An optional that was moved from still holds its moved-from value; it must hold nothing.
Transaction::Transaction(Transaction&& other) noexcept
    : lease_(std::exchange(other.lease_, std::nullopt)),
      deadline_(other.deadline_),
      failed_(other.failed_) {}

Transaction::~Transaction() { rollback(); }

Result<Rows> Transaction::exec_params(Sql sql, std::span<const Param> params) {
  if (!is_open()) return make_error(kSqlError, "the transaction has ended");
  if (failed_) return make_error(kSqlError, "the transaction was lost by an earlier statement");
  auto rows = (*lease_)->exec_params(deadline_, sql, params);
  if (!rows) failed_ = true;
  return rows;
}

CommitResult Transaction::commit() {
  if (!is_open()) {
    return {CommitOutcome::kFailed, make_error(kSqlError, "the transaction has ended")};
  }
  if (failed_) {
    rollback();
    return {CommitOutcome::kFailed, make_error(kSqlError, "a statement of the transaction failed")};
  }
  // A server that left before the COMMIT went out has not committed: no need for doubt.
  if (!(*lease_)->is_alive()) {
    lease_.reset();
    return {CommitOutcome::kFailed, make_error(kConnectionLost, "lost before the COMMIT")};
  }
  auto done = (*lease_)->commit(deadline_);
  CommitResult result{CommitOutcome::kCommitted, {}};
  if (!done) {
    const bool open = done.error().code == kConnectionLost;
    result.outcome = open ? CommitOutcome::kUndecided : CommitOutcome::kFailed;
    result.error = done.error();
  }
  lease_.reset();
  return result;
}

void Transaction::rollback() {
  if (!is_open()) return;
  (*lease_)->rollback(Deadline::after(kRollbackBudget));
  lease_.reset();
}

}  // namespace everbit::store
