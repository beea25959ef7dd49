#pragma once

#include "redis/client.h"
#include "session/session_store.h"

namespace everbit::session {

// Sessions in Redis, one hash a family under fam:<id>, and a sorted set of an owner's living ones
// under sessions:<owner>. Each act is one script, so that parallel refreshes of a token cannot fork
// its chain. Everything expires with its session.
class RedisSessions final : public SessionStore {
 public:
  explicit RedisSessions(redis::ClientSettings settings) : client_(std::move(settings)) {}

  Result<void> open(const NewSession& session) override;
  Result<Refreshed> refresh(const Uuid& family, std::int64_t generation, Timestamp now,
                            std::chrono::seconds grace) override;
  Result<bool> revoke(const Uuid& owner, const Uuid& family) override;
  Result<std::int64_t> revoke_all(const Uuid& owner, const Uuid& except) override;
  Result<std::vector<Session>> list(const Uuid& owner, Timestamp now) override;
  Result<bool> is_revoked(const Uuid& family) override;

 private:
  redis::Client client_;
};

}  // namespace everbit::session
