#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "net/http_types.h"
#include "net/one_shot.h"
#include "net/stage_timer.h"
#include "net/stream.h"

namespace everbit::net {

// What can be cut short in one call, and why it was. Everything but the constructor runs on
// `strand`.
class CallContext {
 public:
  explicit CallContext(boost::asio::any_io_executor strand_in)
      : strand(std::move(strand_in)), timer_(strand) {}

  // Cuts the step under way short at `at`; the step then ends with an error of its own.
  void arm(SteadyTime at);
  void disarm() { timer_.disarm(); }
  // Cuts the whole call short.
  void cancel();
  [[nodiscard]] bool is_cut() const { return cancelled_ || timed_out_; }
  // What to report for a step that failed with `otherwise`.
  [[nodiscard]] CallFailure reason(CallFailure otherwise) const;

  // Waits for a value that `begin` has another thread deliver; empty when cut short.
  template <class T>
  boost::asio::awaitable<std::optional<T>> wait_for(
      std::function<void(std::shared_ptr<OneShot<T>>)> begin) {
    std::optional<T> value;
    if (is_cut()) co_return value;
    const auto shot = std::make_shared<OneShot<T>>(strand);
    give_up_ = [shot] { shot->give_up(); };
    begin(shot);
    value = co_await shot->wait();
    give_up_ = nullptr;
    co_return value;
  }

  const boost::asio::any_io_executor strand;
  // The connection in use; reset when the call is cut short.
  std::shared_ptr<Stream> stream;
  // Set before the first byte may leave.
  bool may_have_sent = false;
  // Called once the kernel has the whole request. May be empty.
  std::function<void()> written;

 private:
  void cut();

  StageTimer timer_;
  std::function<void()> give_up_;
  bool cancelled_ = false;
  bool timed_out_ = false;
};

}  // namespace everbit::net
