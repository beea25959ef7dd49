#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "everbit/ext/auth.h"
#include "net/http_client.h"
#include "plugins/listed_plugins.h"

namespace everbit::plugins {

// A login on its way to the provider.
struct LoginBegin {
  std::string state;
  std::string nonce;
  std::string code_challenge;
  std::string redirect_uri;
};

// A login on its way back.
struct LoginCallback {
  std::string code;
  std::string nonce;
  std::string code_verifier;
  std::string redirect_uri;
};

// A started auth plugin, with an HTTP client of its own;
// closed at the end. What it was started with outlives it.
class AuthPlugin {
 public:
  struct Options {
    // The plugin's own settings.
    std::vector<std::pair<std::string, std::string>> params;
    std::string ca_file;  // empty: the system's authorities
    // Addresses among the settings; those without TLS may be reached, too.
    std::vector<std::string> urls;
  };
  // Codes: PLUGIN_INSTANCE, NET_CA_FILE, those of start_instance() and of the plugin.
  static Result<std::unique_ptr<AuthPlugin>> start(const LoadedPlugin& loaded, Options options,
                                                   const Clock& clock, net::IoThreads& io,
                                                   net::IoThreads& strands);
  ~AuthPlugin();
  AuthPlugin(const AuthPlugin&) = delete;
  AuthPlugin& operator=(const AuthPlugin&) = delete;

  // Where to send the browser. Any thread.
  Result<std::string> authorize_url(const LoginBegin& begin);
  // Who came; waits for the provider, so never on an I/O thread or a strand. Codes are page 60's:
  // KAKAO_TOKEN_ERROR, KAKAO_USER_ERROR, UNAVAILABLE (silence until the deadline, too).
  Result<std::string> complete(const LoginCallback& callback, Deadline deadline);

 private:
  struct Pending;
  AuthPlugin();
  Result<void> begin(std::uint64_t request, const LoginCallback& callback);
  static void finished(void* ctx_host, std::uint64_t request, eb_status status, eb_str code,
                       const eb_identity* identity);

  eb_auth_host_v1 host_side_;
  std::mutex mutex_;
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::unique_ptr<net::HttpClient> http_;
  std::shared_ptr<Instance> instance_;
  const eb_auth_v1* table_ = nullptr;
};

}  // namespace everbit::plugins
