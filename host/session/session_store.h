#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "base/uuid.h"

namespace everbit::session {

// A session as its owner sees it. Its id is the family of its tokens.
struct Session {
  Uuid id;
  Timestamp created;
  Timestamp last_used;
  std::string user_agent;
};

struct NewSession {
  Uuid id;
  Uuid owner;  // public id
  Timestamp now;
  Timestamp ends;
  std::string user_agent;
};

// What the table of page 60 says of a refresh token.
enum class RefreshVerdict : std::uint8_t {
  kGood,     // `generation` is the current one: the next, or once more the same within the grace
  kReused,   // an older one came back: the family has been revoked just now
  kRefused,  // family unknown, revoked or over
};

struct Refreshed {
  RefreshVerdict verdict = RefreshVerdict::kRefused;
  std::int64_t generation = 0;
  Uuid owner;
  Timestamp ends;
};

// The living sessions. Redis (RedisSessions), or the memory of the only process (MemorySessions).
// Any thread; may wait for Redis for a moment. The one error code is SESSION_STORE_UNAVAILABLE, and
// then nothing is known of what was asked.
class SessionStore {
 public:
  // The owner's oldest sessions beyond this many are revoked.
  static constexpr std::int64_t kMostSessions = 50;

  virtual ~SessionStore() = default;
  // Generation 1.
  virtual Result<void> open(const NewSession& session) = 0;
  virtual Result<Refreshed> refresh(const Uuid& family, std::int64_t generation, Timestamp now,
                                    std::chrono::seconds grace) = 0;
  // Of this owner; false: there is no such session, or it was revoked before.
  virtual Result<bool> revoke(const Uuid& owner, const Uuid& family) = 0;
  // All of an owner but one (nil: none is spared); how many.
  virtual Result<std::int64_t> revoke_all(const Uuid& owner, const Uuid& except) = 0;
  // Newest first.
  virtual Result<std::vector<Session>> list(const Uuid& owner, Timestamp now) = 0;
  // True only for a family that is known and revoked.
  virtual Result<bool> is_revoked(const Uuid& family) = 0;
};

}  // namespace everbit::session
