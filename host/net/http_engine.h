#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "net/call_context.h"
#include "net/connection_pool.h"
#include "net/http_client.h"
#include "net/stream.h"

namespace everbit::net {

// The steps of a call, and the calls that are under way; shared by HttpClient and SendOnce. Any
// thread, except the coroutines: on the strand of their context.
class HttpEngine : public std::enable_shared_from_this<HttpEngine> {
 public:
  HttpEngine(IoThreads& threads, std::shared_ptr<boost::asio::ssl::context> tls,
             HttpClientSettings settings);

  [[nodiscard]] const HttpClientSettings& settings() const { return settings_; }
  [[nodiscard]] IoThreads& threads() const { return threads_; }
  [[nodiscard]] ConnectionPool& pool() { return pool_; }
  [[nodiscard]] std::shared_ptr<CallContext> make_context() const;

  // Runs `body` on the context's strand and then posts the handler, exactly once.
  void begin(std::shared_ptr<CallContext> context, boost::asio::awaitable<HttpResult> body,
             boost::asio::any_io_executor executor, HttpHandler handler);
  // Lets `begin_call` start a call with a handler, and waits for its result.
  HttpResult block_on(
      const std::function<void(boost::asio::any_io_executor, HttpHandler)>& begin_call);
  void stop();

  // A connection that stands: a kept one that rested at most `max_rest`, or a fresh one. Null, with
  // the call's result in `failure`, if there is none by `until`.
  boost::asio::awaitable<std::shared_ptr<Stream>> connect(std::shared_ptr<CallContext> context,
                                                          Origin origin,
                                                          std::chrono::milliseconds max_rest,
                                                          SteadyTime until,
                                                          std::shared_ptr<HttpResult> failure);
  // Writes once and reads the answer; does not suspend before the first byte. An answered call's
  // connection is kept if it may be; any other is reset.
  boost::asio::awaitable<HttpResult> exchange(std::shared_ptr<CallContext> context,
                                              std::string wire, HttpLimits limits,
                                              SteadyTime until);

 private:
  boost::asio::awaitable<HttpResult> read_answer(std::shared_ptr<CallContext> context,
                                                 HttpLimits limits);
  void end(const std::shared_ptr<CallContext>& context);

  IoThreads& threads_;
  const std::shared_ptr<boost::asio::ssl::context> tls_;
  const HttpClientSettings settings_;
  ConnectionPool pool_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::shared_ptr<CallContext>> calls_;
  bool stopping_ = false;
};

// A result without an answer.
HttpResult not_sent(CallFailure failure, std::string detail);
HttpResult unknown_outcome(CallFailure failure, std::string detail);

}  // namespace everbit::net
