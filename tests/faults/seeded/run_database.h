#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/uuid.h"
#include "store/connection.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::faults {

// A real database whose now() is the run's clock, emptied between two runs. PostgreSQL's own
// functions of that name stand behind two of ours in its search path.
class RunDatabase {
 public:
  // `server` is the DSN of a private cluster without dbname, `user` whom it belongs to.
  explicit RunDatabase(const std::string& server);
  ~RunDatabase();

  store::Pool& pool() { return *pool_; }
  store::OwnerId owner() const { return owner_; }
  const Uuid& owner_public_id() const { return owner_public_id_; }
  const std::string& dsn() const { return dsn_; }

  // As after a first start: nothing traded, switch ON, market ACTIVE, state as of that time.
  void empty(Timestamp as_of);
  // The database's time from now on.
  void set_time(Timestamp now);

  store::Rows sql(const std::string& text);
  std::string value(const std::string& query) { return std::string(sql(query).front().text(0)); }

 private:
  std::string name_;
  std::string server_;
  std::string dsn_;
  std::unique_ptr<store::Connection> admin_;
  std::unique_ptr<store::Pool> pool_;
  store::OwnerId owner_;
  Uuid owner_public_id_;
};

}  // namespace everbit::faults
