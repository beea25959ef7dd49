#pragma once

#include <memory>
#include <string_view>

#include "net/http_client.h"
#include "net/http_types.h"

namespace everbit::net {

// Turns the bytes of one connection into one response; the only place that knows Boost.Beast.
// Interim (1xx) responses are skipped. Never holds more than the limits allow. Not thread-safe.
class HttpResponseParser {
 public:
  enum class Progress { kNeedMore, kDone, kBadResponse, kTooLarge };

  explicit HttpResponseParser(const HttpLimits& limits);
  ~HttpResponseParser();
  HttpResponseParser(const HttpResponseParser&) = delete;
  HttpResponseParser& operator=(const HttpResponseParser&) = delete;

  // After anything but kNeedMore nothing may be fed.
  Progress feed(std::string_view bytes);
  // The stream ended in order: kDone for a body that only its end delimits, else kBadResponse.
  Progress end_of_data();

  // Done, the server keeps the connection, and nothing came after the response.
  [[nodiscard]] bool may_keep_connection() const;
  // Once, after kDone.
  HttpResponse take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace everbit::net
