#include "kakao-sim/kakao.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/json/writer.h"

namespace everbit::kakao_sim {
namespace {

constexpr std::int64_t kAccessLife = 21'599;
constexpr std::int64_t kRefreshLife = 5'183'999;
constexpr std::int64_t kRenewBelow = 30 * 24 * 3600;

struct Grant {
  const User& user;
  std::string nonce;
  bool with_id_token = false;
  bool with_refresh_token = false;
};

HttpResponse grant(Kakao& kakao, const Grant& given, Code* code,
                   const std::optional<upbit_sim::Json>& fault) {
  if (!kakao.count_token(given.user.id)) {
    return kauth_error(400, "invalid_request", "token request rate limit exceeded", "KOE237");
  }
  const std::string access = random_text(36);
  kakao.access_tokens[access] = {given.user.id, kakao.now() + kAccessLife};
  if (code != nullptr) code->tokens.push_back(access);
  upbit_sim::JsonWriter json;
  json.open_object().text("token_type", "bearer").text("access_token", access);
  json.integer("expires_in", kAccessLife);
  if (given.with_refresh_token) {
    const std::string refresh = random_text(36);
    kakao.refresh_tokens[refresh] = {given.user.id, kakao.now() + kRefreshLife,
                                     given.with_id_token};
    json.text("refresh_token", refresh).integer("refresh_token_expires_in", kRefreshLife);
  }
  if (given.with_id_token) {
    const upbit_sim::Json* const wrong = fault ? fault->find("id_token") : nullptr;
    json.text("scope", "openid profile_nickname");
    json.text("id_token", make_id_token(kakao, given.user, given.nonce, wrong));
  }
  return json_answer(200, json.close_object().take());
}

bool pkce_fits(const Kakao& kakao, const Code& code, const std::string& verifier) {
  if (!kakao.options.enforce_pkce) return true;
  if (code.challenge.empty()) return verifier.empty();
  return upbit_sim::base64url_encode(sha256(verifier)) == code.challenge;
}

HttpResponse by_code(Kakao& kakao, const Params& params,
                     const std::optional<upbit_sim::Json>& fault) {
  const std::string text = find(params, "code");
  const auto at = kakao.codes.find(text);
  const bool is_good = at != kakao.codes.end() && at->second.until > kakao.now();
  if (!is_good || at->second.used) {
    // A code that comes back was seen by two: what the first got is taken away.
    if (at != kakao.codes.end()) {
      for (const std::string& made : at->second.tokens) kakao.access_tokens.erase(made);
    }
    return kauth_error(400, "invalid_grant", "authorization code not found for code=" + text,
                       "KOE320");
  }
  Code& code = at->second;
  if (code.redirect_uri != find(params, "redirect_uri")) {
    return kauth_error(400, "invalid_grant", "Redirect URI mismatch.", "KOE303");
  }
  code.used = true;
  if (!pkce_fits(kakao, code, find(params, "code_verifier"))) {
    return kauth_error(400, "invalid_grant", "code_verifier does not match", "KOE320");
  }
  const User* const user = kakao.find_user(std::to_string(code.user));
  return grant(kakao, {*user, code.nonce, kakao.options.oidc, true}, &code, fault);
}

HttpResponse by_refresh_token(Kakao& kakao, const Params& params,
                              const std::optional<upbit_sim::Json>& fault) {
  const std::string text = find(params, "refresh_token");
  if (text.empty()) {
    return kauth_error(400, "invalid_grant", "refresh token is missing", "KOE319");
  }
  const auto at = kakao.refresh_tokens.find(text);
  if (at == kakao.refresh_tokens.end() || at->second.until <= kakao.now()) {
    return kauth_error(400, "invalid_grant", "expired_or_invalid_refresh_token", "KOE322");
  }
  const RefreshToken old = at->second;
  const bool renew = old.until - kakao.now() < kRenewBelow;
  if (renew) kakao.refresh_tokens.erase(at);
  const User* const user = kakao.find_user(std::to_string(old.user));
  return grant(kakao, {*user, "", old.with_id_token, renew}, nullptr, fault);
}

}  // namespace

HttpResponse token(Kakao& kakao, const HttpRequest& request,
                   const std::optional<upbit_sim::Json>& fault) {
  const std::string_view type = request.header("content-type");
  if (request.method != "POST" || !type.starts_with("application/x-www-form-urlencoded")) {
    return kauth_error(400, "invalid_request", "not a form", "KOE001");
  }
  const auto parsed = parse_params(request.body);
  if (!parsed) return kauth_error(400, "invalid_request", "malformed", "KOE001");
  const Params& params = *parsed;
  const std::string kind = find(params, "grant_type");
  if (kind != "authorization_code" && kind != "refresh_token") {
    return kauth_error(400, "unsupported_grant_type", "unsupported grant_type", "KOE310");
  }
  const std::string client = find(params, "client_id");
  if (client != kakao.options.client_id) {
    return kauth_error(401, "invalid_client",
                       "Not exist client_id [" + (client.empty() ? "null" : client) + "]",
                       "KOE101");
  }
  if (find(params, "client_secret") != kakao.options.client_secret) {
    return kauth_error(401, "invalid_client", "Bad client credentials", "KOE010");
  }
  return kind == "refresh_token" ? by_refresh_token(kakao, params, fault)
                                 : by_code(kakao, params, fault);
}

}  // namespace everbit::kakao_sim
