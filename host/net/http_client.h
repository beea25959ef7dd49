#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/http_types.h"
#include "net/rate_limiter.h"

namespace everbit::net {

class EndpointGuard;
class HttpEngine;
class IoThreads;

struct HttpTimeouts {
  std::chrono::milliseconds connect{3000};  // DNS, TCP and TLS handshake together
  std::chrono::milliseconds read{5000};     // from the first byte written to the whole answer
  std::chrono::milliseconds whole{8000};    // one try, except waiting for a rate token
};

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 8 * 1024 * 1024;
  // What a body holds beyond the limit is left unread, instead of spoiling the answer.
  bool cut_body = false;
};

struct HttpClientSettings {
  HttpTimeouts timeouts;
  HttpLimits limits;
  std::chrono::milliseconds keep_idle{30'000};  // how long an unused connection is kept
  std::size_t max_idle_per_origin = 8;
  std::size_t max_calls = 64;  // at once; one more is refused as kBusy
  std::string ca_file;         // PEM; empty: the system's authorities
  std::string user_agent = "everbit/2";
  // Origins of the exchange, where POST and PUT are refused here: create-orders go through SendOnce
  // alone.
  std::vector<Origin> guarded_origins;
  // Except there: a POST to these targets changes nothing (an order test).
  std::vector<std::string> harmless_targets;
  // For addresses that strangers gave: where calls may go. None: anywhere.
  std::shared_ptr<const EndpointGuard> guard;
};

// A token to take before the request is made; waiting for it counts against none of the timeouts.
struct RateUse {
  RateLimiter* limiter = nullptr;
  std::string group;
  RatePriority priority = RatePriority::kBackground;
  std::chrono::milliseconds max_wait{10'000};
};

// One request, tried once.
struct HttpCall {
  HttpRequest request;
  std::optional<RateUse> rate;
  std::optional<HttpTimeouts> timeouts;  // instead of the client's
  std::optional<HttpLimits> limits;
};

// A read, tried up to three times on network errors and 5xx, with a backoff. `make` builds the
// request anew for every try (a signed request must not repeat its nonce) and runs on `make_on`; an
// error of it ends the call.
struct ReadCall {
  std::function<Result<ReadRequest>()> make;
  boost::asio::any_io_executor make_on;
  std::optional<RateUse> rate;
  std::optional<HttpTimeouts> timeouts;
  std::optional<HttpLimits> limits;
};

// Lets go of a call that is under way. Copyable, outlives the call, any thread.
class HttpCallHandle {
 public:
  HttpCallHandle() = default;
  // The call ends soon with kCancelled: kNotSent if no byte left, else kUnknownOutcome. No effect
  // once ended.
  void cancel() const;

 private:
  friend class HttpClient;
  explicit HttpCallHandle(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  std::function<void()> cancel_;
};

using HttpHandler = std::function<void(HttpResult)>;

// Whoever makes calls for a worker thread: HttpClient over real sockets, or, in the seeded fault
// run, an exchange within the process. The blocking calls never on an I/O thread or on the strand
// that `make_on` names.
class HttpCaller {
 public:
  virtual ~HttpCaller() = default;
  virtual HttpCallHandle send_read(ReadCall call, boost::asio::any_io_executor executor,
                                   HttpHandler handler) = 0;
  virtual HttpResult send_blocking(HttpCall call) = 0;
  virtual HttpResult read_blocking(ReadCall call) = 0;
};

// HTTP/1.1 over TLS (at least 1.2, peer and host verified) or plain TCP, with kept connections. It
// follows no redirect, uses no proxy, does not pipeline, and resolves the name at every connect.
//
// Any thread. Each call ends exactly once: `handler` is posted to `executor`. Owned by the
// application, stopped before its IoThreads.
class HttpClient final : public HttpCaller {
 public:
  // Code NET_CA_FILE when the authorities cannot be read.
  static Result<std::unique_ptr<HttpClient>> make(IoThreads& threads, HttpClientSettings settings);
  ~HttpClient() override;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpCallHandle send(HttpCall call, boost::asio::any_io_executor executor, HttpHandler handler);
  HttpCallHandle send_read(ReadCall call, boost::asio::any_io_executor executor,
                           HttpHandler handler) override;

  HttpResult send_blocking(HttpCall call) override;
  HttpResult read_blocking(ReadCall call) override;

  // Cancels what is under way, waits until every call has ended, closes every kept connection.
  // Calls begun afterwards end as kCancelled. Not from an I/O thread.
  void stop();

  std::size_t idle_connections() const;

 private:
  friend class SendOnce;
  class Impl;
  explicit HttpClient(std::shared_ptr<HttpEngine> engine);
  std::shared_ptr<HttpEngine> engine() const;

  std::shared_ptr<Impl> impl_;
};

}  // namespace everbit::net
