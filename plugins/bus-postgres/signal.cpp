#include "bus-postgres/signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>

#include "bus-postgres/values.h"

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto kTellInterval = 50ms;
constexpr auto kReconnectInterval = 500ms;
constexpr Statement kHoldName{20, "SELECT pg_try_advisory_lock(hashtextextended($1::text, 0))"};
constexpr Statement kTell{21, "SELECT pg_notify('evb', s) FROM unnest($1::text[]) AS s"};

std::string random_suffix() {
  std::random_device device;
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (int word = 0; word < 4; ++word) {
    std::uint32_t bits = device();
    for (int i = 0; i < 8; ++i, bits >>= 4) text += kHex[bits & 15];
  }
  return text;
}

}  // namespace

Signal::Signal(const std::string& url, std::string instance)
    : instance_(std::move(instance)),
      connection_(url, false),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Signal::~Signal() {
  stopping_ = true;
  if (thread_.joinable()) {
    ::eventfd_write(wake_fd_, 1);
    thread_.join();
  }
  ::close(wake_fd_);
}

eb_status Signal::start() {
  if (wake_fd_ < 0) return EB_ERR_IO;
  if (!connect()) return EB_ERR_IO;
  thread_ = std::thread([this] { run(); });
  return EB_OK;
}

std::string Signal::owner() const {
  const std::lock_guard lock(mutex_);
  return owner_;
}

void Signal::add(const std::string& stream, Waiter* waiter) {
  const std::lock_guard lock(mutex_);
  waiters_.emplace(stream, waiter);
}

void Signal::remove(Waiter* waiter) {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiters_, [waiter](const auto& entry) { return entry.second == waiter; });
}

void Signal::wake(std::string_view stream) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = waiters_.equal_range(stream);
  for (auto it = first; it != last; ++it) it->second->wake();
}

void Signal::announce(std::string_view stream) {
  {
    const std::lock_guard lock(mutex_);
    if (!untold_.emplace(stream).second) return;
  }
  ::eventfd_write(wake_fd_, 1);
}

void Signal::run() {
  while (!stopping_) {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (!connection_.is_open() && !connect()) {
      pollfd item{wake_fd_, POLLIN, 0};
      ::poll(&item, 1, static_cast<int>(std::chrono::milliseconds(kReconnectInterval).count()));
      if (stopping_) return;
      std::this_thread::sleep_until(now + kReconnectInterval / 10);
      continue;
    }
    bool untold = false;
    {
      const std::lock_guard lock(mutex_);
      untold = !untold_.empty();
    }
    if (untold && now >= next_tell_) tell();
    serve(untold ? std::max(next_tell_, now + 1ms) : now + 1s);
  }
}

void Signal::serve(SteadyTime until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  std::array<pollfd, 2> items{pollfd{wake_fd_, POLLIN, 0}, pollfd{connection_.socket(), POLLIN, 0}};
  ::poll(items.data(), items.size(), static_cast<int>(std::max<long>(left.count(), 0)));
  eventfd_t ignored = 0;
  ::eventfd_read(wake_fd_, &ignored);
  if (connection_.is_open()) hear();
}

bool Signal::connect() {
  const std::string name = instance_ + "/" + random_suffix();
  if (connection_.open(std::chrono::steady_clock::now() + 2s) != EB_OK) return false;
  const std::array values{text_value(name)};
  Rows rows;
  if (connection_.command("LISTEN evb", 2s) != EB_OK ||
      connection_.query(kHoldName, values, &rows) != EB_OK || rows.text(0, 0) != "t") {
    connection_.close();
    return false;
  }
  const std::lock_guard lock(mutex_);
  owner_ = name;
  // What others told while nobody listened here is found by looking.
  for (const auto& [stream, waiter] : waiters_) waiter->wake();
  return true;
}

void Signal::hear() {
  if (!connection_.consume()) return disconnect();
  std::string stream;
  while (connection_.next_notification(&stream)) wake(stream);
}

void Signal::tell() {
  ArrayText streams;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& stream : untold_) streams.add(stream);
    untold_.clear();
  }
  next_tell_ = std::chrono::steady_clock::now() + kTellInterval;
  const std::array values{streams.value()};
  Rows rows;
  // A lost wake-up costs one poll interval and nothing else.
  if (connection_.query(kTell, values, &rows) != EB_OK && !connection_.is_open()) disconnect();
}

void Signal::disconnect() {
  connection_.close();
  const std::lock_guard lock(mutex_);
  owner_.clear();
}

}  // namespace everbit::bus_postgres
