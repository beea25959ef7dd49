#include "upbit-sim/auth/authenticate.h"

#include <algorithm>

#include "upbit-sim/auth/crypto.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/json/value.h"

namespace everbit::upbit_sim {
namespace {

struct Token {
  std::string signed_part;
  std::string signature;
  std::string algorithm;
  std::string access_key;
  std::string nonce;
  std::string query_hash;
  std::string query_hash_alg;
};

constexpr std::string_view kBearer = "Bearer ";

ApiError unauthorized(std::string name, std::string message) {
  return {401, std::move(name), std::move(message)};
}

ApiError bad_token() { return unauthorized("jwt_verification", "Jwt 토큰 검증에 실패했습니다."); }

std::optional<Token> read_token(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto header_text = base64url_decode(parts[0]);
  const auto claims_text = base64url_decode(parts[1]);
  const auto signature = base64url_decode(parts[2]);
  if (!header_text || !claims_text || !signature) return std::nullopt;
  const auto header = Json::parse(*header_text);
  const auto claims = Json::parse(*claims_text);
  if (!header || !claims || !claims->is_object()) return std::nullopt;
  Token token;
  token.signed_part = parts[0] + '.' + parts[1];
  token.signature = *signature;
  token.algorithm = header->string_at("alg").value_or("");
  token.access_key = claims->string_at("access_key").value_or("");
  token.nonce = claims->string_at("nonce").value_or("");
  token.query_hash = claims->string_at("query_hash").value_or("");
  token.query_hash_alg = claims->string_at("query_hash_alg").value_or("SHA512");
  return token;
}

bool signature_holds(const Token& token, const std::string& secret) {
  if (token.algorithm == "HS512") {
    return equal_constant_time(token.signature, hmac_sha512(secret, token.signed_part));
  }
  if (token.algorithm == "HS256") {
    return equal_constant_time(token.signature, hmac_sha256(secret, token.signed_part));
  }
  return false;
}

bool hash_holds(const Token& token, const std::vector<std::string>& texts) {
  if (texts.empty()) return true;
  if (!equals_ignoring_case(token.query_hash_alg, "SHA512")) return false;
  return std::any_of(texts.begin(), texts.end(), [&token](const std::string& text) {
    return equal_constant_time(token.query_hash, to_hex(sha512(text)));
  });
}

}  // namespace

std::variant<const ApiKey*, ApiError> authenticate(KeyRing& keys, const Credentials& credentials,
                                                   Millis now) {
  if (!credentials.authorization.starts_with(kBearer)) {
    return unauthorized("no_authorization_token", "인증 토큰이 없습니다.");
  }
  const auto token = read_token(credentials.authorization.substr(kBearer.size()));
  if (!token) return bad_token();
  const ApiKey* key = keys.find(token->access_key);
  if (key == nullptr) return unauthorized("invalid_access_key", "잘못된 엑세스 키입니다.");
  if (!signature_holds(*token, key->secret_key)) return bad_token();
  if (key->expire_at != 0 && now >= key->expire_at) {
    return unauthorized("expired_access_key", "만료된 엑세스 키입니다.");
  }
  if (!key->allowed_ips.empty() && std::find(key->allowed_ips.begin(), key->allowed_ips.end(),
                                             credentials.peer) == key->allowed_ips.end()) {
    return unauthorized("no_authorization_ip", "This is not a verified IP.");
  }
  if (token->nonce.empty()) return bad_token();
  if (!keys.use_nonce(key->access_key, token->nonce)) {
    return unauthorized("nonce_used", "이미 사용된 nonce 입니다.");
  }
  if (!hash_holds(*token, credentials.query_texts)) {
    return unauthorized("invalid_query_payload", "Failed to verify the query of Jwt.");
  }
  return key;
}

std::string access_key_of(std::string_view authorization) {
  if (!authorization.starts_with(kBearer)) return {};
  const auto token = read_token(authorization.substr(kBearer.size()));
  return token ? token->access_key : std::string{};
}

ApiError out_of_scope() { return {401, "out_of_scope", "권한이 부족합니다."}; }

}  // namespace everbit::upbit_sim
