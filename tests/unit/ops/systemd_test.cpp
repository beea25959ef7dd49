#include "ops/systemd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace everbit::ops {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What systemd listens on.
class Systemd : public testing::Test {
 protected:
  Systemd() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "everbit-notify-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const std::string path = (folder_ / "notify").string();
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Systemd() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::close(fd_);
    std::filesystem::remove_all(folder_);
  }

  std::string heard() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, 5000) <= 0) return "<nothing>";
    char buffer[1024];
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : "<error>";
  }

  std::filesystem::path folder_;
  int fd_ = -1;
};

TEST_F(Systemd, HearsEachStateAndNoForgedOne) {
  notify_ready("trading 3 markets\nSTOPPING=1");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=trading 3 markets");
  notify_reloading();
  EXPECT_THAT(heard(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  notify_watchdog();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  notify_stopping("draining");
  EXPECT_THAT(heard(), HasSubstr("STOPPING=1"));
}

TEST_F(Systemd, TheWatchdogIsOffUnlessAskedFor) {
  EXPECT_FALSE(watchdog_timeout());
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(watchdog_timeout(), std::chrono::seconds(30));
}

TEST(WithoutSystemd, NothingHappens) {
  ::unsetenv("NOTIFY_SOCKET");
  notify_ready("x");
  notify_watchdog();
}

}  // namespace
}  // namespace everbit::ops
