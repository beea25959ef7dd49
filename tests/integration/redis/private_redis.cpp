#include "integration/redis/private_redis.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace everbit::test {

PrivateRedis::PrivateRedis(std::string settings) : settings_(std::move(settings)) {
  folder_ = (std::filesystem::temp_directory_path() / "everbit-redis-XXXXXX").string();
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no scratch folder");
  socket_ = folder_ + "/redis.sock";
  start();
}

PrivateRedis::~PrivateRedis() {
  thaw();
  child_.reset();
  std::filesystem::remove_all(folder_);
}

void PrivateRedis::start() {
  const std::string file = folder_ + "/redis.conf";
  std::ofstream(file) << "port 0\nunixsocket " << socket_ << "\ndir " << folder_
                      << "\nsave \"\"\nappendonly no\nmaxmemory-policy noeviction\n"
                      << settings_ << '\n';
  child_ = std::make_unique<Child>(std::vector<std::string>{"/usr/bin/redis-server", file},
                                   std::vector<std::string>{}, folder_ + "/log");
  const Deadline deadline = Deadline::after(std::chrono::seconds(30));
  redis::Address address;
  address.socket_path = socket_;
  for (;;) {
    auto connection = redis::Connection::open(address, deadline);
    if (connection) {
      const std::string_view ping[] = {"PING"};
      const auto reply = connection->command(ping, deadline);
      if (reply || reply.error().message.starts_with("NOAUTH")) return;
    }
    if (deadline.expired()) throw std::runtime_error("redis-server: " + child_->output());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void PrivateRedis::kill() {
  child_.reset();
  std::filesystem::remove(socket_);
}

void PrivateRedis::freeze() const {
  if (child_) child_->send(SIGSTOP);
}

void PrivateRedis::thaw() const {
  if (child_) child_->send(SIGCONT);
}

redis::ClientSettings PrivateRedis::client_settings() const {
  redis::ClientSettings settings;
  settings.address.socket_path = socket_;
  return settings;
}

}  // namespace everbit::test
