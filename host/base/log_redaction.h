#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace everbit {

// Written in place of a secret.
inline constexpr std::string_view kRedacted = "***";

// True when a field of this name holds a secret: authorization, access_key, secret*, token, cookie,
// password, dsn, *_enc and their like, in any case and with or without underscores.
bool is_secret_key(std::string_view key);

// From now on `secret` is cut out of every logged value, wherever it stands. Texts under eight
// characters are not registered: they would blank ordinary words. Any thread.
void register_secret(const Secret& secret);

// `text` without registered secrets and without the password of any URL ("scheme://user:***@host").
std::string redact(std::string_view text);

}  // namespace everbit
