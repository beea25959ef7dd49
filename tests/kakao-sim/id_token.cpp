#include "kakao-sim/kakao.h"
#include "upbit-sim/auth/crypto.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/json/writer.h"

namespace everbit::kakao_sim {
namespace {

constexpr std::int64_t kLife = 21'599;

std::string signed_with(const Kakao& kakao, const std::string& algorithm, const std::string& text) {
  if (algorithm == "none") return {};
  if (algorithm == "HS256") return upbit_sim::hmac_sha256(kakao.keys.public_bytes(), text);
  return kakao.keys.sign(text);
}

}  // namespace

std::string make_id_token(const Kakao& kakao, const User& user, const std::string& nonce,
                          const upbit_sim::Json* wrong) {
  const auto instead = [&](const char* name, std::string right) {
    return wrong == nullptr ? right : wrong->string_at(name).value_or(std::move(right));
  };
  const std::string algorithm = instead("alg", "RS256");
  upbit_sim::JsonWriter header;
  header.open_object().text("kid", instead("kid", kakao.keys.kid())).text("typ", "JWT");
  header.text("alg", algorithm).close_object();

  const std::int64_t now = kakao.now();
  const std::int64_t ends =
      wrong == nullptr ? now + kLife : now + wrong->integer_at("exp_in").value_or(kLife);
  upbit_sim::JsonWriter claims;
  claims.open_object().text("iss", instead("iss", kakao.options.issuer));
  claims.text("aud", instead("aud", kakao.options.client_id));
  claims.text("sub", instead("sub", std::to_string(user.id)));
  claims.integer("iat", now).integer("exp", ends).integer("auth_time", now);
  if (!nonce.empty()) claims.text("nonce", instead("nonce", nonce));
  claims.text("nickname", user.nickname).close_object();

  const std::string text =
      upbit_sim::base64url_encode(header.str()) + "." + upbit_sim::base64url_encode(claims.str());
  std::string signature = signed_with(kakao, algorithm, text);
  if (wrong != nullptr && wrong->bool_at("bad_signature").value_or(false)) {
    signature[0] = static_cast<char>(signature[0] ^ 1);
  }
  return text + "." + upbit_sim::base64url_encode(signature);
}

}  // namespace everbit::kakao_sim
