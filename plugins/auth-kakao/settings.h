#pragma once

#include <string>

#include "everbit/plugin.h"

namespace everbit::auth_kakao {

struct Settings {
  std::string client_id;
  std::string client_secret;  // empty: the app has none
  std::string auth_url;       // kauth, without a slash at its end
  std::string api_url;        // kapi
  std::string issuer;
};

// Throws eb::Failure: EB_ERR_UNKNOWN_KEY, EB_ERR_ARGUMENT.
Settings read_settings(const eb_create_args& args);

}  // namespace everbit::auth_kakao
