#include "session/memory_sessions.h"

#include <algorithm>

namespace everbit::session {

Result<void> MemorySessions::open(const NewSession& session) {
  const std::lock_guard lock(mutex_);
  make_room(session.owner, session.now);
  families_[session.id] = {{session.id, session.now, session.now, session.user_agent},
                           session.owner,
                           1,
                           session.now,
                           session.ends,
                           false};
  return {};
}

void MemorySessions::make_room(const Uuid& owner, Timestamp now) {
  std::erase_if(families_, [&](const auto& entry) { return entry.second.ends <= now; });
  std::vector<Family*> living;
  for (auto& [id, family] : families_) {
    if (family.owner == owner && !family.revoked) living.push_back(&family);
  }
  if (living.size() < static_cast<std::size_t>(kMostSessions)) return;
  const auto oldest = std::min_element(living.begin(), living.end(), [](auto* a, auto* b) {
    return a->session.created < b->session.created;
  });
  (*oldest)->revoked = true;
}

Result<Refreshed> MemorySessions::refresh(const Uuid& family, std::int64_t generation,
                                          Timestamp now, std::chrono::seconds grace) {
  const std::lock_guard lock(mutex_);
  const auto at = families_.find(family);
  if (at == families_.end() || at->second.revoked || at->second.ends <= now) return Refreshed{};
  Family& found = at->second;
  if (generation > found.generation) return Refreshed{};
  const bool is_before = generation == found.generation - 1;
  const bool in_grace = grace.count() > 0 && now - found.rotated <= grace;
  if (generation != found.generation && !(is_before && in_grace)) {
    found.revoked = true;
    return Refreshed{RefreshVerdict::kReused, 0, found.owner, found.ends};
  }
  if (generation == found.generation) {
    ++found.generation;
    found.rotated = now;
  }
  found.session.last_used = now;
  return Refreshed{RefreshVerdict::kGood, found.generation, found.owner, found.ends};
}

Result<bool> MemorySessions::revoke(const Uuid& owner, const Uuid& family) {
  const std::lock_guard lock(mutex_);
  const auto at = families_.find(family);
  if (at == families_.end() || at->second.owner != owner || at->second.revoked) return false;
  at->second.revoked = true;
  return true;
}

Result<std::int64_t> MemorySessions::revoke_all(const Uuid& owner, const Uuid& except) {
  const std::lock_guard lock(mutex_);
  std::int64_t ended = 0;
  for (auto& [id, family] : families_) {
    if (family.owner != owner || id == except || family.revoked) continue;
    family.revoked = true;
    ++ended;
  }
  return ended;
}

Result<std::vector<Session>> MemorySessions::list(const Uuid& owner, Timestamp now) {
  const std::lock_guard lock(mutex_);
  std::vector<Session> sessions;
  for (const auto& [id, family] : families_) {
    if (family.owner == owner && !family.revoked && now < family.ends) {
      sessions.push_back(family.session);
    }
  }
  std::sort(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
    return std::pair(b.created, b.id) < std::pair(a.created, a.id);
  });
  return sessions;
}

Result<bool> MemorySessions::is_revoked(const Uuid& family) {
  const std::lock_guard lock(mutex_);
  const auto at = families_.find(family);
  return at != families_.end() && at->second.revoked;
}

}  // namespace everbit::session
