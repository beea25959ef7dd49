#include "store/deadline_watch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace everbit::store {
namespace {

constexpr SteadyTime kNever = SteadyTime::max();

int second_descriptor(int socket) {
  const int descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) throw std::system_error(errno, std::system_category(), "dup of a socket");
  return descriptor;
}

}  // namespace

std::shared_ptr<DeadlineWatch> DeadlineWatch::shared() {
  static std::mutex mutex;
  static std::weak_ptr<DeadlineWatch> current;
  const std::lock_guard lock(mutex);
  auto watch = current.lock();
  if (!watch) current = watch = std::make_shared<DeadlineWatch>();
  return watch;
}

DeadlineWatch::DeadlineWatch() : thread_([this] { run(); }) {}

DeadlineWatch::~DeadlineWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void DeadlineWatch::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wakes_at_ = cut_what_is_late(std::chrono::steady_clock::now());
    if (wakes_at_ == kNever) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, wakes_at_);
    }
  }
}

// Returns the next deadline.
SteadyTime DeadlineWatch::cut_what_is_late(SteadyTime now) {
  SteadyTime next = kNever;
  for (WatchedSocket* socket : sockets_) {
    if (socket->deadline_ <= now) {
      socket->shut_down();
    } else {
      next = std::min(next, socket->deadline_);
    }
  }
  return next;
}

WatchedSocket::WatchedSocket(std::shared_ptr<DeadlineWatch> watch, int socket)
    : watch_(std::move(watch)), descriptor_(second_descriptor(socket)) {
  const std::lock_guard lock(watch_->mutex_);
  watch_->sockets_.push_back(this);
}

WatchedSocket::~WatchedSocket() {
  {
    const std::lock_guard lock(watch_->mutex_);
    std::erase(watch_->sockets_, this);
  }
  close(descriptor_);
}

// The thread is woken only for a deadline that is earlier than the one it sleeps to. It may so wake
// for a call that has long ended, finds nothing late, and sleeps on: cheaper than a wake per call.
void WatchedSocket::arm(Deadline deadline) {
  const std::lock_guard lock(watch_->mutex_);
  deadline_ = deadline.time();
  if (deadline_ >= watch_->wakes_at_) return;
  watch_->wakes_at_ = deadline_;
  watch_->changed_.notify_one();
}

bool WatchedSocket::disarm() {
  const std::lock_guard lock(watch_->mutex_);
  deadline_ = kNever;
  return !cut_;
}

void WatchedSocket::cut() {
  const std::lock_guard lock(watch_->mutex_);
  shut_down();
}

void WatchedSocket::shut_down() {
  deadline_ = kNever;
  cut_ = true;
  shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace everbit::store
