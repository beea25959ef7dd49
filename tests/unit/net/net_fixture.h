#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "net/http_client.h"
#include "net/io_threads.h"
#include "unit/net/hostile_server.h"

namespace everbit::net::testing {

using namespace std::chrono_literals;

// How long what should happen may take on a machine that is busy with other things.
constexpr auto kPatience = 20s;

// Running I/O threads, and a client that gives nothing up by itself unless a test wants it.
class NetTest : public ::testing::Test {
 protected:
  NetTest() { threads_.start(); }

  static HttpClientSettings patient_settings() {
    HttpClientSettings settings;
    settings.timeouts = {kPatience, kPatience, kPatience};
    return settings;
  }
  // For peers that keep the client waiting.
  static constexpr HttpTimeouts kImpatience{kPatience, 500ms, kPatience};

  std::unique_ptr<HttpClient> make_client(HttpClientSettings settings = patient_settings()) {
    auto client = HttpClient::make(threads_, std::move(settings));
    return std::move(client.value());
  }

  static HttpCall get(const Origin& origin, std::string target = "/") {
    HttpCall call;
    call.request.origin = origin;
    call.request.target = std::move(target);
    return call;
  }

  IoThreads threads_{2, "net-test"};
};

// A folder that goes with the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "everbit-net-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace everbit::net::testing
