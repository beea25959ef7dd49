#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "upbit-sim/auth/keys.h"
#include "upbit-sim/exchange/rules.h"

namespace everbit::upbit_sim {

// What a token has to vouch for.
struct Credentials {
  std::string_view authorization;  // the header; empty when there is none
  std::string_view peer;           // IPv4 address of the caller
  // The texts whose SHA-512 the token may carry: the decoded query string, or the body's k=v&k=v.
  // Several, where the documentation leaves the rendering open. Empty: no parameters.
  std::vector<std::string> query_texts;
};

// Checks in the order of reference §2.4, up to and including the query hash: the key, or the 401.
std::variant<const ApiKey*, ApiError> authenticate(KeyRing& keys, const Credentials& credentials,
                                                   Millis now);

// The key that a header names, unverified; empty when it cannot be read.
std::string access_key_of(std::string_view authorization);

ApiError out_of_scope();

}  // namespace everbit::upbit_sim
