#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/ids.h"
#include "store/pool.h"

namespace everbit::session {

// Who does what to logins: the uid is there on the admin socket alone.
struct Actor {
  std::string name;
  std::optional<std::int64_t> uid{};
};

// One row of audit_log; `after` is JSON text, or empty. What happened has happened: a database that
// does not take the row is logged. Waits a second at most.
void write_audit(store::Pool& pool, store::OwnerId owner, const Actor& actor,
                 std::string_view action, std::string_view target, std::string_view after = {});

}  // namespace everbit::session
