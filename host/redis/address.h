#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace everbit::redis {

// Where a Redis is and how to log in there.
struct Address {
  std::string host;  // empty: `socket_path` is used
  std::uint16_t port = 6379;
  std::string socket_path;
  std::string user;  // empty: the default user
  Secret password;   // empty: no AUTH
  int database = 0;
};

// Reads "redis://[user][:password@]host[:port][/database]" and
// "unix://[user][:password@]/path[?db=database]"; user and password percent-encoded. TLS is not
// spoken: Redis listens on a private network only. Code REDIS_URL; the message never quotes it.
Result<Address> parse_address(std::string_view url);

}  // namespace everbit::redis
