#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace everbit::net {

// Lets a coroutine wait for a value that another thread delivers, or for somebody on its own strand
// to give the wait up. A value that comes after that is dropped. wait() and give_up() on `strand`;
// set() from any thread.
template <class T>
class OneShot : public std::enable_shared_from_this<OneShot<T>> {
 public:
  explicit OneShot(boost::asio::any_io_executor strand)
      : timer_(std::move(strand), boost::asio::steady_timer::time_point::max()) {}

  void set(T value) {
    boost::asio::post(timer_.get_executor(),
                      [self = this->shared_from_this(), value = std::move(value)]() mutable {
                        if (self->over_) return;
                        self->value_.emplace(std::move(value));
                        self->give_up();
                      });
  }

  void give_up() {
    over_ = true;
    timer_.cancel();
  }

  // Empty if it was given up.
  boost::asio::awaitable<std::optional<T>> wait() {
    const auto self = this->shared_from_this();
    if (!over_) co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return std::move(value_);
  }

 private:
  boost::asio::steady_timer timer_;
  std::optional<T> value_;
  bool over_ = false;
};

}  // namespace everbit::net
