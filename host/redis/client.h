#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/result.h"
#include "redis/address.h"
#include "redis/connection.h"
#include "redis/reply.h"

namespace everbit::redis {

// A Lua script and the name that Redis knows it by.
class Script {
 public:
  explicit Script(std::string text);
  const std::string& text() const { return text_; }
  const std::string& sha1() const { return sha1_; }

 private:
  std::string text_;
  std::string sha1_;
};

struct ClientSettings {
  Address address;
  // For a whole command: waiting for a connection, connecting and logging in included.
  std::chrono::milliseconds deadline{50};
  std::size_t max_connections = 4;
};

struct ClientStats {
  std::size_t open = 0;  // connections, used and idle
  std::size_t idle = 0;
  std::size_t waiting = 0;
  std::uint64_t failures = 0;  // commands without a reply, since the start
};

// Commands to one Redis by a few connections that come back by themselves. After a second failure
// in a row commands are refused at once, for 50 ms doubling to one second, so that a Redis that
// hangs costs its callers next to nothing; the first reply ends that.
//
// Any thread that may wait for the deadline; never an I/O thread. Nothing is repeated: what became
// of a command without a reply is not known. Error codes: REDIS_REFUSED (Redis answered with an
// error; the message is its own, as "WRONGTYPE …"), REDIS_TIMEOUT, REDIS_UNAVAILABLE, DNS_*.
class Client {
 public:
  explicit Client(ClientSettings settings);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Result<Reply> command(std::span<const std::string_view> words);
  Result<Reply> command(std::initializer_list<std::string_view> words) {
    return command(std::span(words.begin(), words.size()));
  }
  // Runs a script by its name, and by its text where Redis does not know it (yet, or any more).
  Result<Reply> eval(const Script& script, std::initializer_list<std::string_view> keys,
                     std::initializer_list<std::string_view> arguments);

  ClientStats stats() const;

 private:
  Result<Reply> run(std::span<const std::string_view> words, Deadline deadline);
  Result<Connection> take(Deadline deadline);
  void give_back(Connection connection);
  void lose();

  const ClientSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Connection> idle_;
  std::size_t open_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t failures_ = 0;
  int in_a_row_ = 0;
  SteadyTime refuse_until_ = SteadyTime::min();
};

}  // namespace everbit::redis
