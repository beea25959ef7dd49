#include "auth-kakao/settings.h"

#include "eb.hpp"

namespace everbit::auth_kakao {

Settings read_settings(const eb_create_args& args) {
  Settings settings;
  settings.auth_url = "https://kauth.kakao.com";
  settings.api_url = "https://kapi.kakao.com";
  settings.issuer = "https://kauth.kakao.com";
  for (std::uint32_t n = 0; n < args.n_params; ++n) {
    const std::string_view key = eb::view(args.params[n].key);
    const std::string value(eb::view(args.params[n].value));
    if (key == "clientId") {
      settings.client_id = value;
    } else if (key == "clientSecret") {
      settings.client_secret = value;
    } else if (key == "authUrl") {
      settings.auth_url = value;
    } else if (key == "apiUrl") {
      settings.api_url = value;
    } else if (key == "issuer") {
      settings.issuer = value;
    } else {
      throw eb::Failure(EB_ERR_UNKNOWN_KEY, "unknown setting " + std::string(key));
    }
  }
  if (settings.client_id.empty()) throw eb::Failure(EB_ERR_ARGUMENT, "clientId is missing");
  for (std::string* url : {&settings.auth_url, &settings.api_url}) {
    while (url->ends_with('/')) url->pop_back();
    if (!url->starts_with("https://") && !url->starts_with("http://")) {
      throw eb::Failure(EB_ERR_ARGUMENT, "authUrl and apiUrl are addresses");
    }
  }
  return settings;
}

}  // namespace everbit::auth_kakao
