#include "session/redis_sessions.h"

#include <algorithm>

#include "base/log.h"

namespace everbit::session {
namespace {

using redis::Reply;
using redis::Script;

// ARGV: id, owner, now, ends, user agent, most sessions. Times are milliseconds since 1970.
const Script& open_script() {
  static const Script script(R"lua(
local fam, index = KEYS[1], KEYS[2]
redis.call('HSET', fam, 'sub', ARGV[2], 'gen', 1, 'rotatedAt', ARGV[3], 'absoluteExp', ARGV[4],
           'revoked', 0, 'createdAt', ARGV[3], 'lastUsedAt', ARGV[3], 'userAgent', ARGV[5])
redis.call('PEXPIREAT', fam, ARGV[4])
redis.call('ZREMRANGEBYSCORE', index, '-inf', ARGV[3])
redis.call('ZADD', index, ARGV[4], ARGV[1])
local over = redis.call('ZCARD', index) - tonumber(ARGV[6])
if over > 0 then
  for _, id in ipairs(redis.call('ZRANGE', index, 0, over - 1)) do
    if redis.call('EXISTS', 'fam:' .. id) == 1 then
      redis.call('HSET', 'fam:' .. id, 'revoked', 1)
    end
    redis.call('ZREM', index, id)
  end
end
redis.call('PEXPIREAT', index, ARGV[4])
return 1
)lua");
  return script;
}

// ARGV: presented generation, now, grace in milliseconds, the family's id. Answers {verdict,
// generation, owner, ends}: 1 good, 2 reused; {0} refused. The table of page 60, row by row.
const Script& refresh_script() {
  static const Script script(R"lua(
local fam = KEYS[1]
local gen, now, grace = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local f = redis.call('HMGET', fam, 'gen', 'rotatedAt', 'absoluteExp', 'revoked', 'sub')
local current, rotated, ends = tonumber(f[1]), tonumber(f[2]), tonumber(f[3])
if not current or not rotated or not ends or not f[5] then return {0} end
if f[4] ~= '0' or now >= ends or gen > current then return {0} end
if gen == current then
  current = current + 1
  redis.call('HSET', fam, 'gen', current, 'rotatedAt', ARGV[2], 'lastUsedAt', ARGV[2])
  return {1, current, f[5], ends}
end
if gen == current - 1 and grace > 0 and now - rotated <= grace then
  redis.call('HSET', fam, 'lastUsedAt', ARGV[2])
  return {1, current, f[5], ends}
end
redis.call('HSET', fam, 'revoked', 1)
redis.call('ZREM', 'sessions:' .. f[5], ARGV[4])
return {2, 0, f[5], ends}
)lua");
  return script;
}

// ARGV: owner, id. 1 if it lived until now.
const Script& revoke_script() {
  static const Script script(R"lua(
local f = redis.call('HMGET', KEYS[2], 'sub', 'revoked')
if f[1] ~= ARGV[1] or f[2] ~= '0' then return 0 end
redis.call('HSET', KEYS[2], 'revoked', 1)
redis.call('ZREM', KEYS[1], ARGV[2])
return 1
)lua");
  return script;
}

// ARGV: owner, the id that is spared.
const Script& revoke_all_script() {
  static const Script script(R"lua(
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if id ~= ARGV[2] then
    local fam = 'fam:' .. id
    local f = redis.call('HMGET', fam, 'sub', 'revoked')
    if f[1] == ARGV[1] and f[2] == '0' then
      redis.call('HSET', fam, 'revoked', 1)
      ended = ended + 1
    end
    redis.call('ZREM', KEYS[1], id)
  end
end
return ended
)lua");
  return script;
}

// ARGV: now. A list of {id, created, last used, user agent}.
const Script& list_script() {
  static const Script script(R"lua(
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')) do
  local f = redis.call('HMGET', 'fam:' .. id, 'revoked', 'createdAt', 'lastUsedAt', 'userAgent')
  if f[1] == '0' then found[#found + 1] = {id, tonumber(f[2]), tonumber(f[3]), f[4]} end
end
return found
)lua");
  return script;
}

std::string family_key(const Uuid& family) { return "fam:" + family.to_string(); }
std::string index_key(const Uuid& owner) { return "sessions:" + owner.to_string(); }
std::string ms_text(Timestamp time) { return std::to_string(time.ms()); }

Error unavailable(std::string why) {
  return Error("SESSION_STORE_UNAVAILABLE", std::move(why), "redis");
}

Error unavailable(const Error& error) {
  log_warn("session_store_silent", {{"error", to_string(error)}});
  return unavailable(to_string(error));
}

std::optional<Session> session_of(const Reply& item) {
  const Reply::List* const fields = item.list();
  if (fields == nullptr || fields->size() != 4) return std::nullopt;
  const std::string* const id_text = (*fields)[0].text();
  const auto created = (*fields)[1].number();
  const auto last_used = (*fields)[2].number();
  const std::string* const agent = (*fields)[3].text();
  if (id_text == nullptr || !created || !last_used || agent == nullptr) return std::nullopt;
  const auto id = Uuid::parse(*id_text);
  if (!id) return std::nullopt;
  return Session{*id, Timestamp::from_ms(*created), Timestamp::from_ms(*last_used), *agent};
}

}  // namespace

Result<void> RedisSessions::open(const NewSession& session) {
  const auto reply =
      client_.eval(open_script(), {family_key(session.id), index_key(session.owner)},
                   {session.id.to_string(), session.owner.to_string(), ms_text(session.now),
                    ms_text(session.ends), session.user_agent, std::to_string(kMostSessions)});
  if (!reply) return unavailable(reply.error());
  return {};
}

Result<Refreshed> RedisSessions::refresh(const Uuid& family, std::int64_t generation, Timestamp now,
                                         std::chrono::seconds grace) {
  const auto reply =
      client_.eval(refresh_script(), {family_key(family)},
                   {std::to_string(generation), ms_text(now),
                    std::to_string(std::chrono::milliseconds(grace).count()), family.to_string()});
  if (!reply) return unavailable(reply.error());
  const auto verdict = reply->number_at(0);
  if (!verdict) return unavailable("an answer that is no verdict");
  if (*verdict == 0) return Refreshed{};
  const Reply::List& answer = *reply->list();
  const auto current = reply->number_at(1);
  const auto ends = reply->number_at(3);
  const std::string* const owner_text = answer.size() == 4 ? answer[2].text() : nullptr;
  const auto owner =
      owner_text == nullptr ? Result<Uuid>(Error("SYNTAX", "no owner")) : Uuid::parse(*owner_text);
  if (!current || !ends || !owner) return unavailable("an answer that is no verdict");
  return Refreshed{*verdict == 1 ? RefreshVerdict::kGood : RefreshVerdict::kReused, *current,
                   *owner, Timestamp::from_ms(*ends)};
}

Result<bool> RedisSessions::revoke(const Uuid& owner, const Uuid& family) {
  const auto reply = client_.eval(revoke_script(), {index_key(owner), family_key(family)},
                                  {owner.to_string(), family.to_string()});
  if (!reply) return unavailable(reply.error());
  return reply->number().value_or(0) > 0;
}

Result<std::int64_t> RedisSessions::revoke_all(const Uuid& owner, const Uuid& except) {
  const auto reply = client_.eval(revoke_all_script(), {index_key(owner)},
                                  {owner.to_string(), except.to_string()});
  if (!reply) return unavailable(reply.error());
  return reply->number().value_or(0);
}

Result<std::vector<Session>> RedisSessions::list(const Uuid& owner, Timestamp now) {
  const auto reply = client_.eval(list_script(), {index_key(owner)}, {ms_text(now)});
  if (!reply) return unavailable(reply.error());
  const Reply::List* const items = reply->list();
  if (items == nullptr) return unavailable("an answer that is no list");
  std::vector<Session> sessions;
  for (const Reply& item : *items) {
    auto session = session_of(item);
    if (!session) return unavailable("an answer that is no session");
    sessions.push_back(std::move(*session));
  }
  std::sort(sessions.begin(), sessions.end(), [](const Session& a, const Session& b) {
    return std::pair(b.created, b.id) < std::pair(a.created, a.id);
  });
  return sessions;
}

Result<bool> RedisSessions::is_revoked(const Uuid& family) {
  const auto reply = client_.command({"HGET", family_key(family), "revoked"});
  if (!reply) return unavailable(reply.error());
  return reply->text() != nullptr && *reply->text() == "1";
}

}  // namespace everbit::session
