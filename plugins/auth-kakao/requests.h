#pragma once

#include <string>
#include <string_view>

#include "auth-kakao/settings.h"
#include "everbit/ext/auth.h"

namespace everbit::auth_kakao {

// Where the browser is sent. PKCE, state and nonce always stand there; no scope is asked for.
std::string authorize_url(const Settings& settings, const eb_auth_begin& begin);

// The form that exchanges a code.
std::string token_form(const Settings& settings, std::string_view code,
                       std::string_view code_verifier, std::string_view redirect_uri);

std::string token_url(const Settings& settings);
std::string key_set_url(const Settings& settings);
std::string user_url(const Settings& settings);

}  // namespace everbit::auth_kakao
