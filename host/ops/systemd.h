#pragma once

#include <chrono>
#include <optional>
#include <string_view>

// What is said to systemd; each call does nothing when the process was not started by it. Any
// thread.
namespace everbit::ops {

// The daemon serves, with a line for `systemctl status`. Also said after a reload.
void notify_ready(std::string_view status);
// Settings are being re-read; notify_ready() must follow.
void notify_reloading();
// Draining has begun.
void notify_stopping(std::string_view status);
void notify_watchdog();

// How long systemd waits for a watchdog message; empty when it does not.
std::optional<std::chrono::microseconds> watchdog_timeout();

}  // namespace everbit::ops
