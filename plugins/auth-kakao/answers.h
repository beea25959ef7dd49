#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "everbit/event.h"

namespace everbit::auth_kakao {

// Why a login ends without an identity; each is a code of the host's callback.
enum class Ending {
  kTokenError,   // KAKAO_TOKEN_ERROR
  kUserError,    // KAKAO_USER_ERROR
  kUnavailable,  // UNAVAILABLE: Kakao is silent, overloaded or under repair
};
std::string_view code_of(Ending ending);

// What the token endpoint gave, as far as the login needs it.
struct Granted {
  std::string access_token;
  std::optional<std::string> id_token;
};

std::variant<Granted, Ending> read_token(const eb_op_done& done);

// The Kakao id, in digits.
std::variant<std::string, Ending> read_user(const eb_op_done& done);

// Whether there is an answer with this status; anything else is the network's fault or Kakao's.
bool is_answered(const eb_op_done& done, std::int32_t http_status);

}  // namespace everbit::auth_kakao
