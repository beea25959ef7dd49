#include "redis/client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "base/random.h"

namespace everbit::redis {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1000};

std::string sha1_of(const std::string& text) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
    throw std::runtime_error("SHA-1 is not there");
  }
  return to_hex(std::span(digest.data(), size));
}

}  // namespace

Script::Script(std::string text) : text_(std::move(text)), sha1_(sha1_of(text_)) {}

Client::Client(ClientSettings settings) : settings_(std::move(settings)) {}

Result<Reply> Client::command(std::span<const std::string_view> words) {
  return run(words, Deadline::after(settings_.deadline));
}

Result<Reply> Client::eval(const Script& script, std::initializer_list<std::string_view> keys,
                           std::initializer_list<std::string_view> arguments) {
  const Deadline deadline = Deadline::after(settings_.deadline);
  const std::string key_count = std::to_string(keys.size());
  std::vector<std::string_view> words{"EVALSHA", script.sha1(), key_count};
  words.insert(words.end(), keys);
  words.insert(words.end(), arguments);
  auto reply = run(words, deadline);
  if (reply || !reply.error().message.starts_with("NOSCRIPT")) return reply;
  words[0] = "EVAL";
  words[1] = script.text();
  return run(words, deadline);
}

Result<Reply> Client::run(std::span<const std::string_view> words, Deadline deadline) {
  auto connection = take(deadline);
  if (!connection) return connection.error();
  auto reply = connection->command(words, deadline);
  if (reply || reply.error().code == "REDIS_REFUSED") {
    give_back(std::move(*connection));
  } else {
    lose();
  }
  return reply;
}

Result<Connection> Client::take(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (refuse_until_ > std::chrono::steady_clock::now()) {
    ++failures_;
    return Error("REDIS_UNAVAILABLE", "Redis did not answer a moment ago");
  }
  ++waiting_;
  const bool may_go = returned_.wait_until(lock, deadline.time(), [this] {
    return !idle_.empty() || open_ < settings_.max_connections;
  });
  --waiting_;
  if (!may_go) {
    ++failures_;
    return Error("REDIS_TIMEOUT", "no free connection in time");
  }
  while (!idle_.empty()) {
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection.is_quiet()) return connection;
    --open_;
  }
  ++open_;
  lock.unlock();
  auto opened = Connection::open(settings_.address, deadline);
  if (!opened) lose();
  return opened;
}

void Client::give_back(Connection connection) {
  const std::lock_guard lock(mutex_);
  in_a_row_ = 0;
  refuse_until_ = SteadyTime::min();
  idle_.push_back(std::move(connection));
  returned_.notify_one();
}

void Client::lose() {
  const std::lock_guard lock(mutex_);
  --open_;
  returned_.notify_one();
  ++failures_;
  if (++in_a_row_ < 2) return;
  const int doublings = std::min(in_a_row_ - 2, 5);
  refuse_until_ =
      std::chrono::steady_clock::now() + std::min(kFirstPause * (1 << doublings), kLongestPause);
}

ClientStats Client::stats() const {
  const std::lock_guard lock(mutex_);
  return {open_, idle_.size(), waiting_, failures_};
}

}  // namespace everbit::redis
