#include "net/stage_timer.h"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <utility>

namespace everbit::net {

struct StageTimer::State {
  explicit State(boost::asio::any_io_executor strand) : timer(std::move(strand)) {}

  boost::asio::steady_timer timer;
  std::uint64_t arming = 0;
  std::function<void()> on_expiry;
};

StageTimer::StageTimer(boost::asio::any_io_executor strand)
    : state_(std::make_shared<State>(std::move(strand))) {}

StageTimer::~StageTimer() { disarm(); }

void StageTimer::arm(SteadyTime at, std::function<void()> on_expiry) {
  const std::uint64_t arming = ++state_->arming;
  state_->on_expiry = std::move(on_expiry);
  state_->timer.expires_at(at);
  state_->timer.async_wait([state = state_, arming](const boost::system::error_code& error) {
    if (error || state->arming != arming) return;
    const auto expired = std::exchange(state->on_expiry, nullptr);
    expired();
  });
}

void StageTimer::disarm() {
  ++state_->arming;
  state_->on_expiry = nullptr;
  state_->timer.cancel();
}

}  // namespace everbit::net
