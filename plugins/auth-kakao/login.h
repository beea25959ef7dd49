#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth-kakao/answers.h"
#include "auth-kakao/id_token.h"
#include "auth-kakao/key_set.h"
#include "auth-kakao/settings.h"
#include "eb.hpp"
#include "everbit/event.h"
#include "everbit/ext/auth.h"
#include "everbit/ext/http.h"

namespace everbit::auth_kakao {

// The logins that are under way: the code is exchanged, the id token verified if there is one, the
// user asked for. Nothing is asked twice; Kakao's tokens live as long as their login. On the
// instance's strand.
class Logins {
 public:
  Logins(eb::Host host, Settings settings);

  const Settings& settings() const { return settings_; }
  // EB_ERR_BUSY: 16 are under way.
  eb_status begin(const eb_auth_callback& callback);
  void on_done(const eb_op_done& done);

 private:
  enum class Step { kToken, kKeys, kUser };
  struct Login {
    Step step = Step::kToken;
    std::uint64_t request = 0;
    std::string nonce;
    std::string access_token;
    std::optional<IdToken> id_token;
    std::optional<std::string> subject;  // of the id token
  };

  void on_token(Login login, const eb_op_done& done);
  void on_keys(Login login, const eb_op_done& done);
  void on_user(Login login, const eb_op_done& done);
  void end_or_verify(Login login, bool keys_read);
  bool reads_keys() const;
  void verify(Login login);
  void ask_user(Login login);
  void ask(Login login, std::string_view method, const std::string& url,
           std::string_view header_name, const std::string& header_value, std::string_view body);
  eb_status start(Login login, std::string_view method, const std::string& url,
                  std::string_view header_name, const std::string& header_value,
                  std::string_view body);
  void end(const Login& login, Ending ending, std::string_view why);
  void finish(const Login& login, std::string_view subject);

  eb::Host host_;
  Settings settings_;
  const eb_http_v1* http_;
  const eb_auth_host_v1* auth_host_;
  KeySet keys_;
  std::map<std::uint64_t, Login> open_;  // by operation
  std::vector<Login> waiting_;           // for the keys that another one has asked for
};

}  // namespace everbit::auth_kakao
