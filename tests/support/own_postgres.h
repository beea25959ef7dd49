#pragma once

#include <string>

#include "support/dialogue.h"

namespace everbit::test {

// A PostgreSQL of one test, which may stop and crash it; running when made, empty but for the
// database postgres, and gone at the end. Takes seconds to make: TestDatabase is for all else.
class OwnPostgres {
 public:
  // Throws std::runtime_error when the server does not come up.
  OwnPostgres();

  const std::string& dsn() const { return dsn_; }
  // As an operator does: open sessions are ended, everything is written.
  void stop() { order("stop"); }
  // At once: a commit that nobody waited for (synchronous_commit = off) may be lost.
  void crash() { order("crash"); }
  // Again, on the same port; it answers when this returns.
  void start() { order("start"); }

 private:
  void order(const std::string& what);

  Dialogue server_;
  std::string dsn_;
};

}  // namespace everbit::test
