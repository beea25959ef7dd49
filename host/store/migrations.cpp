#include "store/migrations.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/random.h"
#include "store/errors.h"

namespace everbit::store {
namespace {

constexpr Sql kLock{"SELECT pg_advisory_lock(hashtextextended('everbit migrate', 0))"};

constexpr Sql kTableExists{"SELECT to_regclass('schema_migration') IS NOT NULL"};

// Every other table belongs to a migration; this one says which have run.
constexpr Sql kCreateTable{R"(
  CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()))"};

constexpr Sql kRead{
    "SELECT name, sha256, created_at FROM schema_migration ORDER BY name COLLATE \"C\""};

// The same id after a migration as before: it has not ended the transaction that it runs in.
constexpr Sql kTransactionId{"SELECT pg_current_xact_id()::text"};

constexpr Sql kRecord{"INSERT INTO schema_migration (name, sha256) VALUES ($1, $2)"};

std::string sha256_hex_of(std::string_view text) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return to_hex({digest.data(), size});
}

// Migrations may take longer than a query, but not longer than the caller waits.
ConnectSettings for_migrations(ConnectSettings settings, Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining());
  const auto bounded =
      std::clamp(left, std::chrono::milliseconds(1), std::chrono::milliseconds(3'600'000));
  settings.statement_timeout = settings.lock_timeout = bounded;
  return settings;
}

struct Applied {
  std::string name;
  std::string sha256;
  Timestamp at;
};

Result<std::vector<Applied>> read_applied(Connection& connection, Deadline deadline) {
  auto exists = connection.exec(deadline, kTableExists);
  if (!exists) return exists.error();
  std::vector<Applied> applied;
  if (!exists->front().get<bool>(0)) return applied;
  auto rows = connection.exec(deadline, kRead);
  if (!rows) return rows.error();
  for (const Row row : *rows) {
    auto [name, sha256, at] = row.as<std::string, std::string, Timestamp>();
    applied.push_back({std::move(name), std::move(sha256), at});
  }
  return applied;
}

// The applied ones must be the first of ours, unchanged.
Result<void> check_history(const std::vector<Applied>& applied,
                           std::span<const Migration> migrations) {
  for (const Applied& row : applied) {
    const auto ours = std::find_if(migrations.begin(), migrations.end(),
                                   [&](const Migration& m) { return m.name == row.name; });
    if (ours == migrations.end()) {
      return Error("MIGRATION_MISSING",
                   "the database has migration " + row.name +
                       ", which this program does not know: it was migrated by a newer version, or "
                       "the file was removed",
                   row.name);
    }
    if (sha256_hex_of(ours->sql) != row.sha256) {
      return Error("MIGRATION_EDITED",
                   "migration " + row.name +
                       " was edited after it was applied; put its text back and write a new file",
                   row.name);
    }
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (migrations[i].name == applied[i].name) continue;
    return Error("MIGRATION_ORDER",
                 "migration " + std::string(migrations[i].name) +
                     " is not applied but sorts before one that is; give it the next number",
                 std::string(migrations[i].name));
  }
  return {};
}

Error failed(const Migration& migration, const Error& cause) {
  return Error("MIGRATION_FAILED",
               "migration " + std::string(migration.name) + ": " + cause.message,
               std::string(migration.name));
}

Result<void> apply_one(Connection& connection, Deadline deadline, const Migration& migration) {
  if (auto begun = connection.begin(deadline); !begun) return begun.error();
  auto before = connection.exec(deadline, kTransactionId);
  if (!before) return before.error();
  auto run = connection.exec_script(deadline, std::string(migration.sql));
  if (!run) return failed(migration, run.error());
  auto after = connection.exec(deadline, kTransactionId);
  if (!after) return failed(migration, after.error());
  if (after->front().text(0) != before->front().text(0)) {
    return failed(migration, make_error(kSqlError, "it ends its own transaction"));
  }
  run = connection.exec(deadline, kRecord, migration.name, sha256_hex_of(migration.sql));
  if (!run) return failed(migration, run.error());
  if (auto done = connection.commit(deadline); !done) return failed(migration, done.error());
  return {};
}

}  // namespace

Result<std::vector<MigrationState>> migration_status(const ConnectSettings& settings,
                                                     Deadline deadline,
                                                     std::span<const Migration> migrations) {
  auto connection = Connection::open(settings, deadline);
  if (!connection) return connection.error();
  auto applied = read_applied(*connection, deadline);
  if (!applied) return applied.error();
  if (auto good = check_history(*applied, migrations); !good) return good.error();
  std::vector<MigrationState> states;
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    std::optional<Timestamp> at;
    if (i < applied->size()) at = (*applied)[i].at;
    states.push_back({std::string(migrations[i].name), at});
  }
  return states;
}

Result<std::vector<std::string>> apply_migrations(
    const ConnectSettings& settings, Deadline deadline, std::span<const Migration> migrations,
    const std::function<void(std::string_view)>& on_applied) {
  auto connection = Connection::open(for_migrations(settings, deadline), deadline);
  if (!connection) return connection.error();
  // Held by the session, which ends with this function.
  if (auto locked = connection->exec(deadline, kLock); !locked) return locked.error();
  if (auto made = connection->exec(deadline, kCreateTable); !made) return made.error();
  auto applied = read_applied(*connection, deadline);
  if (!applied) return applied.error();
  if (auto good = check_history(*applied, migrations); !good) return good.error();
  std::vector<std::string> done;
  for (const Migration& migration : migrations.subspan(applied->size())) {
    if (auto one = apply_one(*connection, deadline, migration); !one) return one.error();
    done.emplace_back(migration.name);
    if (on_applied) on_applied(migration.name);
  }
  return done;
}

Result<void> check_schema(const ConnectSettings& settings, Deadline deadline) {
  auto states = migration_status(settings, deadline);
  if (!states) return states.error();
  for (const MigrationState& state : *states) {
    if (state.applied_at) continue;
    return Error("SCHEMA_OUTDATED", "migration " + state.name + " is missing: run everbit migrate",
                 state.name);
  }
  return {};
}

}  // namespace everbit::store
