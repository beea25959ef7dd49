#pragma once

#include <map>
#include <mutex>

#include "session/session_store.h"

namespace everbit::session {

// Sessions in this process: chosen by an empty redis.url, never as a fall-back. A restart ends all.
class MemorySessions final : public SessionStore {
 public:
  Result<void> open(const NewSession& session) override;
  Result<Refreshed> refresh(const Uuid& family, std::int64_t generation, Timestamp now,
                            std::chrono::seconds grace) override;
  Result<bool> revoke(const Uuid& owner, const Uuid& family) override;
  Result<std::int64_t> revoke_all(const Uuid& owner, const Uuid& except) override;
  Result<std::vector<Session>> list(const Uuid& owner, Timestamp now) override;
  Result<bool> is_revoked(const Uuid& family) override;

 private:
  struct Family {
    Session session;
    Uuid owner;
    std::int64_t generation = 1;
    Timestamp rotated;
    Timestamp ends;
    bool revoked = false;
  };
  void make_room(const Uuid& owner, Timestamp now);

  std::mutex mutex_;
  std::map<Uuid, Family> families_;
};

}  // namespace everbit::session
