#include "base/crash_point.h"

#if EVERBIT_CRASH_POINTS

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace everbit {
namespace {

// In the order of the enumeration. tests/faults reads this list.
constexpr std::array<std::string_view, 36> kNames{
    "candle_decided",
    "state_advanced",
    "signal_inserted",
    "intent_inserted",
    "attempt_inserted",
    "candle_commit",
    "candle_committed",
    "command_received",
    "attempt_loaded",
    "token_taken",
    "sent_marked",
    "sent_committed",
    "connected",
    "signed",
    "ledger_marked",
    "request_written",
    "answer_read",
    "outcome_known",
    "retry_prepared",
    "order_accepted",
    "outcome_commit",
    "outcome_committed",
    "event_settled",
    "feed_opened",
    "message_taken",
    "fill_inserted",
    "position_changed",
    "order_closed",
    "fills_commit",
    "fills_committed",
    "lookup_answered",
    "settlement_commit",
    "settlement_committed",
    "reconcile_begun",
    "account_read",
    "reconcile_finish",
};
static_assert(kNames.size() == static_cast<std::size_t>(CrashPoint::kReconcileFinish) + 1);

struct Order {
  std::size_t point = 0;
  int passages = 1;  // until it is carried out
  int signal = SIGKILL;
  std::chrono::milliseconds delay{};
  int passed = 0;
};

[[noreturn]] void refuse(std::string_view text) {
  std::fprintf(stderr, "EVERBIT_CRASH_AT: '%.*s' is not understood\n",
               static_cast<int>(text.size()), text.data());
  std::_Exit(2);
}

int number(std::string_view text, std::string_view whole) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) refuse(whole);
  return value;
}

// Cuts off and returns what stands before the separator.
std::string_view cut(std::string_view& text, char separator) {
  const std::string_view head = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), head.size() + 1));
  return head;
}

Order parse_order(std::string_view text) {
  std::string_view action = text;
  std::string_view times = cut(action, '=');
  const std::string_view name = cut(times, ':');
  Order order;
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) refuse(text);
  order.point = static_cast<std::size_t>(found - kNames.begin());
  if (!times.empty()) order.passages = number(times, text);
  if (action == "stop") {
    order.signal = SIGSTOP;
  } else if (action.starts_with("delay-")) {
    order.signal = 0;
    order.delay = std::chrono::milliseconds(number(action.substr(6), text));
  } else if (!action.empty() && action != "kill") {
    refuse(text);
  }
  return order;
}

// What was asked for, and how often each place was passed since.
class Plan {
 public:
  // The signal to end with, after a delay; 0: none.
  int passed(std::size_t point) {
    const std::string now = read();
    int signal = 0;
    std::chrono::milliseconds delay{};
    {
      const std::lock_guard lock(mutex_);
      if (now != text_) learn(now);
      for (Order& order : orders_) {
        if (order.point != point || ++order.passed != order.passages) continue;
        signal = order.signal;
        delay = order.delay;
      }
    }
    std::this_thread::sleep_for(delay);
    return signal;
  }

 private:
  std::string read() const {
    if (!variable_.starts_with('/')) return variable_;
    std::ifstream file(variable_);
    std::string line;
    std::getline(file, line);
    return line;
  }

  void learn(const std::string& text) {
    text_ = text;
    orders_.clear();
    for (std::string_view rest = text_; !rest.empty();)
      orders_.push_back(parse_order(cut(rest, ',')));
  }

  static std::string variable() {
    const char* value = std::getenv("EVERBIT_CRASH_AT");
    return value == nullptr ? "" : value;
  }

  const std::string variable_ = variable();
  std::mutex mutex_;
  std::string text_;
  std::vector<Order> orders_;
};

std::function<void(CrashPoint)>& hook() {
  static std::function<void(CrashPoint)> installed;
  return installed;
}

}  // namespace

void crash_point(CrashPoint where) {
  if (hook()) hook()(where);
  static Plan plan;
  // To this thread: it does not come back before the process has stopped.
  if (const int signal = plan.passed(static_cast<std::size_t>(where)); signal != 0) {
    std::raise(signal);
  }
}

void set_crash_hook(std::function<void(CrashPoint)> installed) { hook() = std::move(installed); }

}  // namespace everbit

#endif
