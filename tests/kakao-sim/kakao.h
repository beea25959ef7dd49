#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kakao-sim/faults.h"
#include "kakao-sim/keys.h"
#include "kakao-sim/options.h"
#include "kakao-sim/params.h"
#include "upbit-sim/net/http.h"

namespace everbit::kakao_sim {

using upbit_sim::HttpRequest;
using upbit_sim::HttpResponse;

struct User {
  std::int64_t id = 0;
  std::string nickname;
};

// A code that was given out, and what it is bound to.
struct Code {
  std::string redirect_uri;
  std::int64_t user = 0;
  std::string nonce;
  std::string challenge;
  std::int64_t until = 0;
  bool used = false;
  std::vector<std::string> tokens;  // made from it
};

struct AccessToken {
  std::int64_t user = 0;
  std::int64_t until = 0;
};

struct RefreshToken {
  std::int64_t user = 0;
  std::int64_t until = 0;
  bool with_id_token = false;
};

// The provider: one app, its users, what was given out. One thread.
struct Kakao {
  explicit Kakao(Options given);

  HttpResponse handle(const HttpRequest& request, const std::optional<upbit_sim::Json>& fault);
  // Which rules of Faults a request obeys; empty: none.
  static std::string endpoint_of(const HttpRequest& request);

  // Seconds since 1970, moved by the control API.
  std::int64_t now() const;
  const User* find_user(const std::string& id) const;
  // False: the user has had its 20 access tokens of ten minutes.
  bool count_token(std::int64_t user);

  Options options;
  SigningKeys keys;
  Faults faults;
  std::vector<User> users;
  std::map<std::string, Code> codes;
  std::map<std::string, AccessToken> access_tokens;
  std::map<std::string, RefreshToken> refresh_tokens;
  std::map<std::int64_t, std::deque<std::int64_t>> issued;
  std::map<std::string, int> requests;  // how often an endpoint was asked
  std::int64_t moved = 0;
};

// One endpoint each.
HttpResponse authorize(Kakao& kakao, const HttpRequest& request);
HttpResponse token(Kakao& kakao, const HttpRequest& request,
                   const std::optional<upbit_sim::Json>& fault);
HttpResponse user_me(Kakao& kakao, const HttpRequest& request,
                     const std::optional<upbit_sim::Json>& fault);

// An id token; `wrong` names what is to be wrong with it (README).
std::string make_id_token(const Kakao& kakao, const User& user, const std::string& nonce,
                          const upbit_sim::Json* wrong);

// The control API.
HttpResponse control(Kakao& kakao, const HttpRequest& request);

HttpResponse json_answer(int status, std::string body);
HttpResponse kauth_error(int status, const std::string& error, const std::string& description,
                         const std::string& code);

}  // namespace everbit::kakao_sim
