#include "session/jwt.h"

#include <algorithm>
#include <stdexcept>

#include "base/base64.h"
#include "base/json_writer.h"
#include "crypto/mac.h"
#include "session/flat_json.h"

namespace everbit::session {
namespace {

constexpr std::string_view kAlgorithm = "HS256";
constexpr std::size_t kLongestToken = 4096;

Error invalid(const char* why) { return Error("TOKEN_INVALID", why); }

// The three parts, still encoded.
struct Parts {
  std::string_view signed_part;  // header and claims with the dot between them
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, second), token.substr(0, first),
               token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

}  // namespace

JwtKind::JwtKind(std::string typ, std::vector<config::SecretVersion> keys)
    : typ_(std::move(typ)), keys_(std::move(keys)) {
  if (keys_.empty()) throw std::logic_error("a kind of token needs a key");
}

std::string JwtKind::sign(std::string_view claims) const {
  const config::SecretVersion& key = keys_.front();
  JsonWriter header;
  header.begin_object().field("alg", kAlgorithm).field("kid", key.id).field("typ", typ_);
  std::string token = base64url_encode(header.end_object().str());
  token.append(1, '.').append(base64url_encode(claims));
  const std::string mac = crypto::hmac_sha256(key.bytes, token);
  return token.append(1, '.').append(base64url_encode(mac));
}

Result<std::string> JwtKind::verify(std::string_view token) const {
  if (token.size() > kLongestToken) return invalid("too long");
  const auto parts = split(token);
  if (!parts) return invalid("not three parts");
  const auto header_text = base64url_decode(parts->header);
  const auto header = header_text ? FlatJson::parse(*header_text) : std::nullopt;
  // An exact header leaves no room for crit, jku, jwk or x5u.
  if (!header || header->size() != 3) return invalid("not the header that this host writes");
  if (header->text("alg") != kAlgorithm) return invalid("another algorithm");
  if (header->text("typ") != typ_) return invalid("another kind of token");
  const auto kid = header->text("kid");
  const config::SecretVersion* const key = kid ? find(*kid) : nullptr;
  if (key == nullptr) return invalid("an unknown key");
  const auto mac = base64url_decode(parts->signature);
  if (!mac ||
      !crypto::equal_in_constant_time(*mac, crypto::hmac_sha256(key->bytes, parts->signed_part))) {
    return invalid("the signature does not fit");
  }
  auto claims = base64url_decode(parts->claims);
  if (!claims) return invalid("claims that are not base64url");
  return std::move(*claims);
}

const config::SecretVersion* JwtKind::find(std::string_view kid) const {
  const auto at = std::find_if(keys_.begin(), keys_.end(),
                               [&](const auto& version) { return version.id == kid; });
  return at == keys_.end() ? nullptr : &*at;
}

}  // namespace everbit::session
