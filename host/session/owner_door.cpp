#include "session/owner_door.h"

#include <optional>

#include "base/log.h"
#include "store/transaction.h"

namespace everbit::session {
namespace {

using store::Sql;

constexpr Sql kReadOwner{"SELECT kakao_id FROM app_user WHERE id = $1"};

// Whoever comes second waits for the first, and then finds the door used.
constexpr Sql kUseDoor{R"sql(
  UPDATE owner_claim SET used_at = now()
  WHERE owner_id = $1 AND used_at IS NULL AND expires_at > now())sql"};

constexpr Sql kBecomeOwner{"UPDATE app_user SET kakao_id = $2 WHERE id = $1 AND kakao_id IS NULL"};

constexpr Sql kOpenDoor{R"sql(
  INSERT INTO owner_claim (owner_id, opened_at, expires_at)
  SELECT id, now(), now() + interval '15 minutes' FROM app_user WHERE id = $1 AND kakao_id IS NULL
  ON CONFLICT (owner_id) DO UPDATE
    SET opened_at = excluded.opened_at, expires_at = excluded.expires_at, used_at = NULL
  RETURNING expires_at)sql"};

}  // namespace

Result<Admission> OwnerDoor::admit(std::string_view subject, Deadline deadline) {
  // Twice: before, and after this login tried to become the owner, as another may have at once.
  for (const bool last : {false, true}) {
    auto rows = pool_.exec(deadline, kReadOwner, owner_);
    if (!rows) return rows.error();
    if (rows->empty()) return Error("OWNER_ROW_MISSING", "app_user lost its row");
    const auto known = rows->front().get<std::optional<std::string>>(0);
    if (known) return *known == subject ? Admission::kOwner : Admission::kNotOwner;
    if (last) break;
    if (auto tried = become(subject, deadline); !tried) return tried.error();
  }
  return Admission::kOwnerNotSet;
}

Result<void> OwnerDoor::become(std::string_view subject, Deadline deadline) {
  auto transaction = store::Transaction::begin(pool_, deadline);
  if (!transaction) return transaction.error();
  if (named_.empty() || named_ != subject) {
    auto used = transaction->exec(kUseDoor, owner_);
    if (!used) return used.error();
    if (used->affected() == 0) return {};
  }
  auto row = transaction->exec(kBecomeOwner, owner_, std::string(subject));
  if (!row) return row.error();
  // Else the door stays open: somebody else has become the owner meanwhile.
  if (row->affected() == 0) return {};
  const auto committed = transaction->commit();
  // What is undecided shows when the row is read again.
  if (!committed.committed() && !committed.undecided()) return committed.error;
  write_audit(pool_, owner_, {"login"}, "owner_set", "owner");
  return {};
}

Result<Timestamp> OwnerDoor::open(const Actor& actor, Deadline deadline) {
  auto rows = pool_.exec(deadline, kOpenDoor, owner_);
  if (!rows) return rows.error();
  if (rows->empty()) return Error("OWNER_EXISTS", "there is an owner already");
  const auto until = rows->front().get<Timestamp>(0);
  write_audit(pool_, owner_, actor, "owner_claim", "owner");
  log_warn("owner_door_opened", {{"until", until.to_iso()}});
  return until;
}

}  // namespace everbit::session
