#include "store/connection.h"

#include <poll.h>

#include <functional>
#include <optional>
#include <pqxx/connection_base>
#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <unordered_map>
#include <vector>

#include "store/bounded_connect.h"
#include "store/caught_error.h"
#include "store/deadline_watch.h"
#include "store/errors.h"

namespace everbit::store {
namespace {

// More statements than the program has; text made at run time must not grow the session for ever.
constexpr std::size_t kMaxPrepared = 512;
// For a transaction that nobody ended: the server rolls it back anyway when the session goes.
constexpr std::chrono::milliseconds kLastRollback{500};

// A session that is opened within a deadline, and once.
class Session final : public pqxx::connection_base {
 public:
  Session(const ConnectSettings& settings, Deadline deadline)
      : connection_base(policy_), policy_(settings, deadline) {
    init();
    // libpqxx would reset a connection that it finds lost before a BEGIN.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    inhibit_reactivation(true);
#pragma GCC diagnostic pop
    set_verbosity(verbose);  // or the name of a violated constraint would not come through
  }
  ~Session() { close(); }

 private:
  BoundedConnect policy_;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace

class Connection::Impl {
 public:
  using Call = std::function<pqxx::result(pqxx::transaction_base&)>;

  Impl(const ConnectSettings& settings, Deadline deadline)
      : session_(settings, deadline), socket_(DeadlineWatch::shared(), session_.sock()) {}
  ~Impl() { rollback(Deadline::after(kLastRollback)); }

  Result<Rows> exec(Deadline deadline, Sql sql, std::span<const Param> params);
  Result<Rows> run(Deadline deadline, const Call& call);
  Result<void> begin(Deadline deadline);
  Result<void> commit(Deadline deadline);
  void rollback(Deadline deadline);

  bool broken() const { return broken_ || !session_.is_open(); }
  bool in_transaction() const { return work_.has_value(); }
  bool alive();
  int backend_pid() const { return session_.backendpid(); }

 private:
  Result<void> guarded(Deadline deadline, const std::function<void()>& exchange);
  const std::string* prepared(Sql sql);
  void give_up();

  Session session_;
  WatchedSocket socket_;
  std::optional<pqxx::work> work_;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> prepared_;
  bool broken_ = false;
};

// One exchange with the server under the deadline. An answer that came with its deadline counts,
// but the session is broken then, since its socket is cut.
Result<void> Connection::Impl::guarded(Deadline deadline, const std::function<void()>& exchange) {
  if (broken()) return make_error(kConnectionLost, "the connection was lost before");
  if (deadline.expired()) return make_error(kTimeout, "too late to ask the database");
  std::optional<Error> failure;
  socket_.arm(deadline);
  try {
    exchange();
  } catch (...) {
    failure = caught_error();
  }
  const bool cut = !socket_.disarm();
  if (cut || !session_.is_open() || (failure && failure->code == kConnectionLost)) {
    give_up();
  }
  if (!failure) return {};
  if (cut) return make_error(kConnectionLost, "no answer in time");
  if (!session_.is_open()) failure->code = kConnectionLost;
  return *failure;
}

Result<Rows> Connection::Impl::run(Deadline deadline, const Call& call) {
  std::shared_ptr<const pqxx::result> answer;
  auto done = guarded(deadline, [&] {
    if (work_) {
      answer = std::make_shared<pqxx::result>(call(*work_));
    } else {
      pqxx::nontransaction alone(session_);
      answer = std::make_shared<pqxx::result>(call(alone));
    }
  });
  if (!done) return done.error();
  return Rows(std::move(answer));
}

// The name of the statement, which libpqxx prepares when it is first run; null when there are
// enough of them.
const std::string* Connection::Impl::prepared(Sql sql) {
  if (const auto found = prepared_.find(sql.text); found != prepared_.end()) return &found->second;
  if (prepared_.size() >= kMaxPrepared) return nullptr;
  std::string name = "s" + std::to_string(prepared_.size());
  std::string text(sql.text);
  session_.prepare(name, text);
  return &prepared_.emplace(std::move(text), std::move(name)).first->second;
}

Result<Rows> Connection::Impl::exec(Deadline deadline, Sql sql, std::span<const Param> params) {
  std::vector<const char*> values;
  for (const Param& param : params) {
    if (!param.is_sendable()) {
      return make_error(kBadParameter, "a text parameter holds a NUL byte");
    }
    values.push_back(param.data());
  }
  const auto arguments = pqxx::prepare::make_dynamic_params(values);
  const std::string* name = prepared(sql);
  return run(deadline, [&](pqxx::transaction_base& transaction) {
    return name != nullptr ? transaction.exec_prepared(*name, arguments)
                           : transaction.exec_params(std::string(sql.text), arguments);
  });
}

Result<void> Connection::Impl::begin(Deadline deadline) {
  return guarded(deadline, [&] { work_.emplace(session_); });
}

Result<void> Connection::Impl::commit(Deadline deadline) {
  if (!work_) return make_error(kSqlError, "no transaction is open");
  bool asked = false;
  auto done = guarded(deadline, [&] {
    asked = true;
    work_->commit();
  });
  if (asked) {
    work_.reset();
  } else {
    rollback(Deadline::after(kLastRollback));
  }
  return done;
}

void Connection::Impl::rollback(Deadline deadline) {
  if (!work_) return;
  // A failure leaves the session broken, which its owner sees; the server rolls back by itself.
  if (auto done = guarded(deadline, [&] { work_->abort(); }); !done) give_up();
  work_.reset();
}

// What libpqxx still wants to send, a ROLLBACK in a destructor, must not wait for anybody.
void Connection::Impl::give_up() {
  broken_ = true;
  socket_.cut();
}

bool Connection::Impl::alive() {
  if (broken()) return false;
  pollfd entry{session_.sock(), POLLIN, 0};
  if (poll(&entry, 1, 0) <= 0) return true;
  // Nobody asked, so what came is the server's farewell. (It may also be the new value of a
  // setting; another session for that is cheap.)
  give_up();
  return false;
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const ConnectSettings& settings, Deadline deadline) {
  try {
    return Connection(std::make_unique<Impl>(settings, deadline));
  } catch (const std::exception& failure) {
    return make_error(kUnavailable, failure.what());
  }
}

Result<Rows> Connection::exec_params(Deadline deadline, Sql sql, std::span<const Param> params) {
  return impl_->exec(deadline, sql, params);
}

Result<Rows> Connection::exec_script(Deadline deadline, const std::string& script) {
  return impl_->run(deadline,
                    [&](pqxx::transaction_base& transaction) { return transaction.exec(script); });
}

Result<void> Connection::begin(Deadline deadline) { return impl_->begin(deadline); }
Result<void> Connection::commit(Deadline deadline) { return impl_->commit(deadline); }
void Connection::rollback(Deadline deadline) { impl_->rollback(deadline); }

bool Connection::is_broken() const { return impl_->broken(); }
bool Connection::in_transaction() const { return impl_->in_transaction(); }
bool Connection::is_alive() { return impl_->alive(); }
int Connection::backend_pid() const { return impl_->backend_pid(); }

}  // namespace everbit::store
