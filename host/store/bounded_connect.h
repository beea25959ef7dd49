#pragma once

#include <pqxx/connectionpolicy>

#include "base/deadline.h"
#include "store/connection.h"

namespace everbit::store {

// How a session comes to be. libpqxx's own policies wait for the server without a limit; this one
// gives up at the deadline. Throws pqxx::broken_connection, whose words never quote the DSN, and
// throws it again for every later attempt: a session that was lost is not opened anew behind the
// back of its owner. Names libpq-fe.h in its .cpp, the one place of the store that does.
class BoundedConnect final : public pqxx::connectionpolicy {
 public:
  // Borrows the settings until the session is open.
  BoundedConnect(const ConnectSettings& settings, Deadline deadline);
  handle do_startconnect(handle current) override;

 private:
  const ConnectSettings* settings_;
  Deadline deadline_;
};

}  // namespace everbit::store
