#include "session/sessions.h"

#include "base/json_writer.h"
#include "base/log.h"

namespace everbit::session {
namespace {

constexpr std::size_t kLongestAgent = 200;

Error refused() { return Error("REFRESH_TOKEN_INVALID", "no living session is behind the token"); }

// What a browser calls itself, for the list of sessions; only what can be shown.
std::string shown(std::string_view agent) {
  std::string text;
  for (const char c : agent.substr(0, kLongestAgent))
    text.push_back(c >= ' ' && c <= '~' ? c : '?');
  return text;
}

}  // namespace

Result<TokenPair> Sessions::open(std::string_view user_agent, std::string_view replaced) {
  const Timestamp now = parts_.clock.now();
  const Timestamp ends = now + Tokens::kSessionLife;
  // Random, as it must not be guessed; whole seconds, as the token says them.
  const RefreshToken token{Uuid::make_v4(), 1, ends.floor_to(std::chrono::seconds(1))};
  const auto opened = parts_.store.open(
      {token.family, parts_.owner_public_id, now, token.expires, shown(user_agent)});
  if (!opened) return opened.error();
  if (!replaced.empty()) {
    if (auto ended = logout(replaced); !ended) return ended.error();
  }
  TokenPair pair = pair_of(token);
  pair.access.clear();
  return pair;
}

Result<TokenPair> Sessions::refresh(std::string_view text) {
  const auto token = parts_.tokens.read_refresh(text);
  if (!token) return refused();
  const auto refreshed =
      parts_.store.refresh(token->family, token->generation, parts_.clock.now(), parts_.grace);
  if (!refreshed) return refreshed.error();
  if (refreshed->verdict == RefreshVerdict::kReused) {
    log_warn("refresh_reused", {{"session", token->family.to_string()}});
    write_audit(parts_.pool, parts_.owner, {"everbitd"}, "refresh_reuse_detected",
                token->family.to_string());
    return Error("REFRESH_REUSE_DETECTED", "an old token came back; its session is over");
  }
  // Sessions of another database than this one.
  const bool is_ours = refreshed->owner == parts_.owner_public_id;
  if (refreshed->verdict == RefreshVerdict::kRefused || !is_ours) return refused();
  return pair_of({token->family, refreshed->generation, refreshed->ends});
}

TokenPair Sessions::pair_of(const RefreshToken& token) const {
  TokenPair pair;
  pair.access = parts_.tokens.make_access(parts_.owner_public_id, token.family);
  pair.access_life = Tokens::kAccessLife;
  pair.refresh = parts_.tokens.make_refresh(token);
  pair.refresh_life = std::chrono::floor<std::chrono::seconds>(token.expires - parts_.clock.now());
  return pair;
}

Result<void> Sessions::logout(std::string_view text) {
  const auto token = parts_.tokens.read_refresh(text);
  if (!token) return {};
  const auto ended = parts_.store.revoke(parts_.owner_public_id, token->family);
  if (!ended) return ended.error();
  if (*ended) {
    const std::string family = token->family.to_string();
    write_audit(parts_.pool, parts_.owner, {"session:" + family}, "logout", family);
  }
  return {};
}

Result<AccessToken> Sessions::authenticate(std::string_view text, bool writes) const {
  const auto token = parts_.tokens.read_access(text);
  if (!token) {
    const bool over = token.error().code == "TOKEN_EXPIRED";
    return Error(over ? "ACCESS_TOKEN_EXPIRED" : "ACCESS_TOKEN_INVALID", token.error().message);
  }
  if (token->owner != parts_.owner_public_id) {
    return Error("ACCESS_TOKEN_INVALID", "of another installation's owner");
  }
  if (writes && is_revoked(token->family)) return Error("SESSION_REVOKED", "the session is over");
  return *token;
}

bool Sessions::is_revoked(const Uuid& session) const {
  const auto revoked = parts_.store.is_revoked(session);
  return revoked && *revoked;
}

Result<std::vector<Session>> Sessions::list() const {
  return parts_.store.list(parts_.owner_public_id, parts_.clock.now());
}

Result<bool> Sessions::revoke(const Uuid& session, const Actor& actor) {
  auto ended = parts_.store.revoke(parts_.owner_public_id, session);
  if (ended && *ended) {
    write_audit(parts_.pool, parts_.owner, actor, "session_revoked", session.to_string());
  }
  return ended;
}

Result<std::int64_t> Sessions::revoke_all(const Uuid& except, const Actor& actor) {
  auto ended = parts_.store.revoke_all(parts_.owner_public_id, except);
  if (ended) {
    JsonWriter after;
    after.begin_object().field("ended", *ended).end_object();
    write_audit(parts_.pool, parts_.owner, actor, "sessions_revoked", "all", after.str());
  }
  return ended;
}

}  // namespace everbit::session
