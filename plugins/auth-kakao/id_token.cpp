#include "auth-kakao/id_token.h"

#include <openssl/evp.h>

#include "auth-kakao/json.h"
#include "auth-kakao/text.h"

namespace everbit::auth_kakao {
namespace {

constexpr std::size_t kLongestToken = 8192;
constexpr std::int64_t kLeeway = 60;
constexpr std::size_t kLongestSubject = 64;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool verifies(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const bool good = context != nullptr &&
                    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                    EVP_DigestVerify(context, bytes_of(signature), signature.size(), bytes_of(text),
                                     text.size()) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

// The client as a text, or as the only element of a list.
bool is_audience(const JsonObject& claims, std::string_view client_id) {
  if (const auto text = claims.text("aud")) return *text == client_id;
  simdjson::dom::array list;
  std::string_view only;
  return claims.at("aud").get(list) == simdjson::SUCCESS && list.size() == 1 &&
         list.at(0).get(only) == simdjson::SUCCESS && only == client_id;
}

bool is_current(const JsonObject& claims, eb_ts now) {
  const std::int64_t seconds = now / 1'000'000'000;
  const auto made = claims.number("iat");
  const auto ends = claims.number("exp");
  return made && ends && *made <= seconds + kLeeway && *ends > seconds - kLeeway;
}

}  // namespace

std::optional<IdToken> IdToken::open(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kLongestToken || second == std::string_view::npos) return std::nullopt;
  const auto header_text = base64url_decode(token.substr(0, first));
  auto claims = base64url_decode(token.substr(first + 1, second - first - 1));
  auto signature = base64url_decode(token.substr(second + 1));
  const auto header = header_text ? JsonObject::parse(*header_text) : std::nullopt;
  if (!header || !claims || !signature) return std::nullopt;
  const auto kid = header->text("kid");
  if (header->text("alg") != "RS256" || header->has("crit") || !kid || kid->empty()) {
    return std::nullopt;
  }
  IdToken opened;
  opened.kid_ = *kid;
  opened.signed_part_ = token.substr(0, second);
  opened.claims_ = std::move(*claims);
  opened.signature_ = std::move(*signature);
  return opened;
}

std::optional<std::string> IdToken::subject(EVP_PKEY* key, const Expected& expected) const {
  if (key == nullptr || !verifies(key, signed_part_, signature_)) return std::nullopt;
  const auto claims = JsonObject::parse(claims_);
  if (!claims || claims->text("iss") != expected.issuer ||
      !is_audience(*claims, expected.client_id) || !is_current(*claims, expected.now)) {
    return std::nullopt;
  }
  const auto nonce = claims->text("nonce");
  const auto subject = claims->text("sub");
  if (!nonce || !equal_in_constant_time(*nonce, expected.nonce) || !subject || subject->empty() ||
      subject->size() > kLongestSubject) {
    return std::nullopt;
  }
  return std::string(*subject);
}

}  // namespace everbit::auth_kakao
