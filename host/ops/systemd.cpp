#include "ops/systemd.h"

#include <systemd/sd-daemon.h>

#include <ctime>
#include <string>

namespace everbit::ops {
namespace {

// A line break would begin another assignment.
std::string one_line(std::string_view text) {
  std::string line(text.substr(0, text.find_first_of("\r\n")));
  return line;
}

void notify(const std::string& state) { ::sd_notify(0, state.c_str()); }

}  // namespace

void notify_ready(std::string_view status) { notify("READY=1\nSTATUS=" + one_line(status)); }

void notify_reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const long long us = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us));
}

void notify_stopping(std::string_view status) { notify("STOPPING=1\nSTATUS=" + one_line(status)); }

void notify_watchdog() { notify("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_timeout() {
  std::uint64_t us = 0;
  if (::sd_watchdog_enabled(0, &us) <= 0) return std::nullopt;
  return std::chrono::microseconds(us);
}

}  // namespace everbit::ops
