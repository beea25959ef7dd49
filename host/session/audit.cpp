#include "session/audit.h"

#include "base/log.h"

namespace everbit::session {
namespace {

constexpr std::chrono::seconds kPatience{1};

constexpr store::Sql kInsert{R"sql(
  INSERT INTO audit_log (owner_id, actor, actor_uid, action, target, after_json)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb))sql"};

}  // namespace

void write_audit(store::Pool& pool, store::OwnerId owner, const Actor& actor,
                 std::string_view action, std::string_view target, std::string_view after) {
  const std::optional<std::string> json =
      after.empty() ? std::nullopt : std::optional<std::string>(after);
  const auto written = pool.exec(Deadline::after(kPatience), kInsert, owner, actor.name, actor.uid,
                                 std::string(action), std::string(target), json);
  if (!written) {
    log_error("audit_not_written", {{"action", action}, {"error", to_string(written.error())}});
  }
}

}  // namespace everbit::session
