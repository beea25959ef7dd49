#include "auth-kakao/requests.h"

#include "auth-kakao/text.h"
#include "eb.hpp"

namespace everbit::auth_kakao {

std::string authorize_url(const Settings& settings, const eb_auth_begin& begin) {
  std::string query;
  append_field(query, "response_type", "code");
  append_field(query, "client_id", settings.client_id);
  append_field(query, "redirect_uri", eb::view(begin.redirect_uri));
  append_field(query, "state", eb::view(begin.state));
  append_field(query, "nonce", eb::view(begin.nonce));
  append_field(query, "code_challenge", eb::view(begin.code_challenge));
  append_field(query, "code_challenge_method", "S256");
  return settings.auth_url + "/oauth/authorize?" + query;
}

std::string token_form(const Settings& settings, std::string_view code,
                       std::string_view code_verifier, std::string_view redirect_uri) {
  std::string form;
  append_field(form, "grant_type", "authorization_code");
  append_field(form, "client_id", settings.client_id);
  if (!settings.client_secret.empty()) append_field(form, "client_secret", settings.client_secret);
  append_field(form, "redirect_uri", redirect_uri);
  append_field(form, "code", code);
  append_field(form, "code_verifier", code_verifier);
  return form;
}

std::string token_url(const Settings& settings) { return settings.auth_url + "/oauth/token"; }

std::string key_set_url(const Settings& settings) {
  return settings.auth_url + "/.well-known/jwks.json";
}

std::string user_url(const Settings& settings) { return settings.api_url + "/v2/user/me"; }

}  // namespace everbit::auth_kakao
