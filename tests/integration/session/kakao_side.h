#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "integration/daemon/child.h"
#include "net/http_client.h"
#include "net/io_threads.h"

namespace everbit::test {

// The simulated provider behind TLS, with a certificate of its own, and a browser's side of it.
class KakaoSide {
 public:
  static constexpr std::string_view kOwner = "4611686018427388001";
  static constexpr std::string_view kStranger = "1376016924429759228";
  static constexpr std::string_view kClientId = "0123456789abcdef0123456789abcdef";
  static constexpr std::string_view kClientSecret = "kakao-sim-secret-ABCDEFGHIJKLMNO";

  // Files go to `folder`, which outlives this.
  KakaoSide(std::filesystem::path folder, const std::string& redirect_uri,
            const std::vector<std::string>& more = {});
  ~KakaoSide();

  const std::string& url() const { return url_; }
  std::string ca_file() const { return folder_ / "kakao-cert.pem"; }

  // Its control API; throws unless it takes the order.
  void control(std::string_view path, std::string_view json);
  // How often an endpoint was asked.
  int requests(const std::string& endpoint);
  // Where the browser is sent back to when this user agrees at the address; `more` goes to the
  // page's address. Empty: nowhere.
  std::string agree(const std::string& address, std::string_view user, std::string_view more = "");

 private:
  std::filesystem::path folder_;
  std::unique_ptr<Child> child_;
  std::string url_;
  int control_port_ = 0;
  net::IoThreads io_{1, "browser"};
  std::unique_ptr<net::HttpClient> browser_;
};

}  // namespace everbit::test
