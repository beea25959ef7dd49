#include "integration/session/kakao_side.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "integration/daemon/daemon.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;

void make_certificate(const fs::path& cert, const fs::path& key) {
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
      "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " +
      key.string() + " -out " + cert.string() + " 2>/dev/null";
  if (std::system(make.c_str()) != 0) throw std::runtime_error("openssl req");
}

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

KakaoSide::KakaoSide(fs::path folder, const std::string& redirect_uri,
                     const std::vector<std::string>& more)
    : folder_(std::move(folder)) {
  const fs::path key = folder_ / "kakao-key.pem";
  const fs::path ready = folder_ / "kakao-ready";
  make_certificate(ca_file(), key);
  fs::remove(ready);
  const fs::path program = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "bin/kakao-sim";
  std::vector<std::string> command{program,          "--exit-with-stdin", "--ready-file", ready,
                                   "--tls-cert",     ca_file(),           "--tls-key",    key,
                                   "--redirect-uri", redirect_uri};
  command.insert(command.end(), more.begin(), more.end());
  child_ = std::make_unique<Child>(command, std::vector<std::string>{"PATH=/usr/bin:/bin"},
                                   folder_ / "kakao.log");
  if (!eventually([&] { return fs::exists(ready) || !child_->is_running(); }) ||
      !fs::exists(ready)) {
    throw std::runtime_error("kakao-sim: " + child_->output());
  }
  const std::string line = read_all(ready);
  std::smatch found;
  if (!std::regex_search(line, found, std::regex("kakao=(\\S+) control=http://[^:]+:([0-9]+)"))) {
    throw std::runtime_error("kakao-sim says " + line);
  }
  url_ = found[1];
  control_port_ = std::stoi(found[2]);
  io_.start();
  net::HttpClientSettings settings;
  settings.ca_file = ca_file();
  browser_ = net::HttpClient::make(io_, std::move(settings)).value();
}

KakaoSide::~KakaoSide() { browser_->stop(); }

void KakaoSide::control(std::string_view path, std::string_view json) {
  const HttpAnswer answer = http_post(control_port_, path, json);
  if (answer.status != 200) {
    throw std::runtime_error("kakao-sim " + std::string(path) + ": " + answer.body);
  }
}

int KakaoSide::requests(const std::string& endpoint) {
  const std::string state = http_get(control_port_, "/state").body;
  std::smatch found;
  const std::regex count("\"" + endpoint + "\":([0-9]+)");
  return std::regex_search(state, found, count) ? std::stoi(found[1]) : 0;
}

std::string KakaoSide::agree(const std::string& address, std::string_view user,
                             std::string_view more) {
  const auto url = net::parse_url(address);
  if (!url) return {};
  net::HttpCall call;
  call.request.origin = url->origin;
  call.request.target = url->target + "&mock_user=" + std::string(user) + std::string(more);
  const net::HttpResult result = browser_->send_blocking(std::move(call));
  if (!result.answered() || result.response.status != 302) return {};
  return std::string(result.response.header("location"));
}

}  // namespace everbit::test
