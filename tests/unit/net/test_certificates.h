#pragma once

#include <filesystem>
#include <string>

namespace everbit::net::testing {

// A certificate authority and a server certificate of it, made anew in a scratch folder that goes
// with it.
class TestCertificates {
 public:
  // `host` is the name (or address) the server certificate is for.
  explicit TestCertificates(const std::string& host = "localhost");
  ~TestCertificates();
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  std::string ca_file() const { return (folder_ / "ca.pem").string(); }
  std::string certificate_file() const { return (folder_ / "server.pem").string(); }
  std::string key_file() const { return (folder_ / "server.key").string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace everbit::net::testing
