#include "trading/control/control_watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/log.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEvery{100};
constexpr milliseconds kFilesEvery{200};
constexpr milliseconds kBudget{800};

// Empties the queue of the kernel: that something has changed is all there is to know.
void drain(int fd) {
  std::array<char, 4096> buffer;
  while (::read(fd, buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace

ControlWatcher::ControlWatcher(KillSwitch& kill_switch, StateFolder folder)
    : kill_switch_(kill_switch),
      folder_(std::move(folder)),
      stop_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      row_([this] { watch_row(); }),
      files_([this] { watch_files(); }) {}

ControlWatcher::~ControlWatcher() {
  stop();
  if (stop_event_ >= 0) ::close(stop_event_);
}

void ControlWatcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  (void)::eventfd_write(stop_event_, 1);
  row_.join();
  files_.join();
}

void ControlWatcher::watch_row() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    look();
    lock.lock();
    wake_.wait_for(lock, kEvery, [this] { return stopping_; });
  }
}

void ControlWatcher::look() {
  if (auto read = kill_switch_.refresh(Deadline::after(kBudget)); !read) return;
  const SwitchView view = kill_switch_.view();
  std::string shown(to_string(view.position));
  for (const auto& strategy : view.strategies) {
    if (strategy.enabled) shown += " " + strategy.key;
  }
  if (shown == shown_) return;
  shown_ = shown;
  log_info("kill_switch_read", {{"position", to_string(view.position)},
                                {"reason", view.reason_code.value_or("")},
                                {"shown", shown}});
}

void ControlWatcher::watch_files() {
  const int changes = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  constexpr std::uint32_t kEvents = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM |
                                    IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF;
  if (changes < 0 || ::inotify_add_watch(changes, folder_.folder().c_str(), kEvents) < 0) {
    log_warn("state_folder_polled", {{"folder", folder_.folder().string()}});
  }
  // A descriptor below zero is skipped by poll(): then only the time counts.
  std::array<pollfd, 2> waits{{{stop_event_, POLLIN, 0}, {changes, POLLIN, 0}}};
  while (true) {
    kill_switch_.read_files();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    (void)::poll(waits.data(), waits.size(), static_cast<int>(kFilesEvery.count()));
    if ((waits[1].revents & POLLIN) != 0) drain(changes);
  }
  if (changes >= 0) ::close(changes);
}

}  // namespace everbit::trading
