#include "session/tokens.h"

#include "base/json_writer.h"
#include "session/flat_json.h"

namespace everbit::session {
namespace {

constexpr std::string_view kIssuer = "everbit";
constexpr std::string_view kAudience = "everbit-api";
constexpr std::string_view kAccessTyp = "at+jwt";
constexpr std::string_view kRefreshTyp = "rt+jwt";
constexpr std::int64_t kLatestSecond = 9'000'000'000;  // year 2255, what a Timestamp holds

Error invalid(const char* why) { return Error("TOKEN_INVALID", why); }

std::optional<Uuid> uuid_of(const FlatJson& claims, std::string_view name) {
  const auto text = claims.text(name);
  if (!text) return std::nullopt;
  auto uuid = Uuid::parse(*text);
  if (!uuid || uuid->to_string() != *text) return std::nullopt;
  return *uuid;
}

// When it ends, if it is under way now.
Result<Timestamp> end_of(const FlatJson& claims, Timestamp now, std::chrono::seconds leeway) {
  const auto made = claims.number("iat");
  const auto ends = claims.number("exp");
  if (!made || !ends || *made < 0 || *ends <= *made || *ends > kLatestSecond) {
    return invalid("times that make no sense");
  }
  if (*made > now.seconds() + Tokens::kLeeway.count()) return invalid("made in the future");
  if (now.seconds() >= *ends + leeway.count()) return Error("TOKEN_EXPIRED", "is over");
  return Timestamp::from_seconds(*ends);
}

}  // namespace

Tokens::Tokens(std::vector<config::SecretVersion> access,
               std::vector<config::SecretVersion> refresh, const Clock& clock)
    : access_(std::string(kAccessTyp), std::move(access)),
      refresh_(std::string(kRefreshTyp), std::move(refresh)),
      clock_(clock) {}

std::string Tokens::make_access(const Uuid& owner, const Uuid& family) const {
  const std::int64_t now = clock_.now().seconds();
  JsonWriter claims;
  claims.begin_object().field("iss", kIssuer).field("aud", kAudience);
  claims.field("sub", owner).field("sid", family).field("iat", now);
  claims.field("exp", now + std::chrono::seconds(kAccessLife).count()).end_object();
  return access_.sign(claims.str());
}

std::string Tokens::make_refresh(const RefreshToken& token) const {
  JsonWriter claims;
  claims.begin_object().field("fid", token.family).field("gen", token.generation);
  claims.field("iat", clock_.now().seconds()).field("exp", token.expires.seconds());
  return refresh_.sign(claims.end_object().str());
}

Result<AccessToken> Tokens::read_access(std::string_view token) const {
  const auto text = access_.verify(token);
  if (!text) return text.error();
  const auto claims = FlatJson::parse(*text);
  if (!claims) return invalid("claims that are no flat object");
  if (claims->text("iss") != kIssuer) return invalid("another issuer");
  if (claims->text("aud") != kAudience) return invalid("another audience");
  const auto owner = uuid_of(*claims, "sub");
  const auto family = uuid_of(*claims, "sid");
  if (!owner || !family) return invalid("no subject or session");
  const auto ends = end_of(*claims, clock_.now(), kLeeway);
  if (!ends) return ends.error();
  return AccessToken{*owner, *family, *ends};
}

Result<RefreshToken> Tokens::read_refresh(std::string_view token) const {
  const auto text = refresh_.verify(token);
  if (!text) return text.error();
  const auto claims = FlatJson::parse(*text);
  if (!claims) return invalid("claims that are no flat object");
  const auto family = uuid_of(*claims, "fid");
  const auto generation = claims->number("gen");
  if (!family || !generation || *generation < 1) return invalid("no family or generation");
  const auto ends = end_of(*claims, clock_.now(), std::chrono::seconds(0));
  if (!ends) return ends.error();
  return RefreshToken{*family, *generation, *ends};
}

}  // namespace everbit::session
