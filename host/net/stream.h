#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/http_types.h"

namespace boost::asio::ssl {
class context;
}

namespace everbit::net {

class EndpointGuard;

// How an operation of a stream ended.
struct StreamStatus {
  CallFailure failure = CallFailure::kNone;
  std::string detail;
  std::size_t bytes = 0;     // read
  bool end_of_data = false;  // the peer ended the stream in order: FIN, and under TLS close_notify

  [[nodiscard]] bool ok() const { return failure == CallFailure::kNone && !end_of_data; }
};

// One TCP or TLS connection to one origin. One user at a time, on that user's strand: at most one
// read and one write under way. It knows no time: whoever waits too long calls reset(), which ends
// what is under way.
class Stream {
 public:
  // With a guard: every address that the name has must pass it, or nothing is connected to.
  Stream(boost::asio::any_io_executor io, Origin origin,
         std::shared_ptr<boost::asio::ssl::context> tls,
         std::shared_ptr<const EndpointGuard> guard = nullptr);
  // Closes; a connection that was never reset ends in order.
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Resolves the name anew, connects, and under TLS verifies peer and host.
  boost::asio::awaitable<StreamStatus> connect();
  boost::asio::awaitable<StreamStatus> read_some(std::span<char> into);
  // All of it. The first bytes are handed to the kernel before the call first suspends.
  boost::asio::awaitable<StreamStatus> write(std::string_view bytes);

  // Bytes that the kernel has taken, TLS records as they are on the wire. If it did not grow over a
  // failed write, provably nothing of it left.
  [[nodiscard]] std::uint64_t bytes_written() const;
  [[nodiscard]] bool is_open() const;
  // The peer has neither closed nor reset the connection.
  [[nodiscard]] bool is_alive();
  // Alive, and nothing is waiting to be read: what a kept connection must be to be used again.
  [[nodiscard]] bool is_quiet();

  // RST: what the kernel still holds is dropped and can never arrive.
  void reset();
  // FIN, after what was written.
  void close();

  [[nodiscard]] const Origin& origin() const { return origin_; }

 private:
  class Impl;
  const Origin origin_;
  std::shared_ptr<Impl> impl_;
};

}  // namespace everbit::net
