#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "store/connection.h"

namespace everbit::store {

// One file of migrations/: its name ("0001_foundation.sql") gives the order, its text the change.
struct Migration {
  std::string_view name;
  std::string_view sql;
};

// The files of migrations/ as they were when this program was built, in order.
std::span<const Migration> embedded_migrations();

struct MigrationState {
  std::string name;
  std::optional<Timestamp> applied_at;  // none: not applied yet
};

// What is applied and what is not, in order. Codes: MIGRATION_EDITED (a file was changed after it
// was applied), MIGRATION_MISSING (the database holds one that this program does not have),
// MIGRATION_ORDER (a file sorts before one that is applied); each names the file. DB_* else.
Result<std::vector<MigrationState>> migration_status(
    const ConnectSettings& settings, Deadline deadline,
    std::span<const Migration> migrations = embedded_migrations());

// Applies what is missing, each file in one transaction, and returns its names. Runs under an
// advisory lock, so that several processes may call it at once: the others wait and find nothing to
// do. Besides the codes above MIGRATION_FAILED with the file's name and the server's words; the
// files before it stay applied. `on_applied` is told of each as soon as it is.
Result<std::vector<std::string>> apply_migrations(
    const ConnectSettings& settings, Deadline deadline,
    std::span<const Migration> migrations = embedded_migrations(),
    const std::function<void(std::string_view)>& on_applied = {});

// For a daemon's start: SCHEMA_OUTDATED when `everbit migrate` has work to do.
Result<void> check_schema(const ConnectSettings& settings, Deadline deadline);

}  // namespace everbit::store
