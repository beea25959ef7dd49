#pragma once

#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace everbit::net {

// Passes a write's completion on and adds what the kernel took to a count.
template <class Handler>
struct CountingHandler {
  std::uint64_t* count;
  Handler handler;

  void operator()(const boost::system::error_code& error, std::size_t bytes) {
    *count += bytes;
    std::move(handler)(error, bytes);
  }
};

// A TCP socket that counts the bytes the kernel has taken, as the layer under TLS: only there can
// it be told whether anything of a failed write left the process.
class CountingSocket {
 public:
  using Tcp = boost::asio::ip::tcp::socket;
  using executor_type = Tcp::executor_type;
  using lowest_layer_type = Tcp::lowest_layer_type;

  explicit CountingSocket(const executor_type& executor) : socket_(executor) {}

  executor_type get_executor() { return socket_.get_executor(); }
  lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }
  const lowest_layer_type& lowest_layer() const { return socket_.lowest_layer(); }
  Tcp& tcp() { return socket_; }
  const Tcp& tcp() const { return socket_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return socket_.async_read_some(buffers, std::forward<Token>(token));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    using Signature = void(boost::system::error_code, std::size_t);
    return boost::asio::async_initiate<Token, Signature>(
        [this](auto handler, const Buffers& data) {
          using Handler = decltype(handler);
          socket_.async_write_some(data,
                                   CountingHandler<Handler>{&bytes_written_, std::move(handler)});
        },
        token, buffers);
  }

 private:
  Tcp socket_;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace everbit::net

// The executor, allocator and cancellation slot of the wrapped handler stay in force.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, everbit::net::CountingHandler<Handler>, Default>
    : Associator<Handler, Default> {
  static typename Associator<Handler, Default>::type get(
      const everbit::net::CountingHandler<Handler>& wrapped) noexcept {
    return Associator<Handler, Default>::get(wrapped.handler);
  }
  static auto get(const everbit::net::CountingHandler<Handler>& wrapped,
                  const Default& fallback) noexcept {
    return Associator<Handler, Default>::get(wrapped.handler, fallback);
  }
};
