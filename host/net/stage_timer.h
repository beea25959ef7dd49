#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "base/clock.h"

namespace everbit::net {

// Ends a stage of a call that takes too long: armed with a moment and what to do then. Unlike a
// bare Asio timer it never fires once it was disarmed or armed anew, even if its completion was
// already queued. Used on one strand only.
class StageTimer {
 public:
  explicit StageTimer(boost::asio::any_io_executor strand);
  ~StageTimer();
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

  void arm(SteadyTime at, std::function<void()> on_expiry);
  void disarm();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace everbit::net
