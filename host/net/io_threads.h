#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace everbit::net {

// The few threads that do all network I/O. Nothing may block on one of them: a blocked thread
// delays orders. Owned by the application and outlives every client that uses it. Signals are
// blocked in these threads; an exception that reaches one ends the process (crash-only).
class IoThreads {
 public:
  // The threads are named "<name>-0", "<name>-1" …, cut to the kernel's 15 characters.
  explicit IoThreads(std::size_t threads = 2, std::string name = "everbit-io");
  // Stops.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  void start();
  // Ends the threads; work still queued is dropped without being run, so stop the clients before.
  // Not from one of the threads.
  void stop();

  boost::asio::io_context& context();
  // Work posted here may run on any of the threads; make a strand of it for order.
  boost::asio::any_io_executor executor();
  // Whether the caller runs on one of the threads, where waiting is forbidden.
  bool is_current_thread() const;

 private:
  void run(std::size_t index);

  struct Context;
  const std::size_t thread_count_;
  const std::string name_;
  std::unique_ptr<Context> context_;
  std::vector<std::thread> threads_;
};

}  // namespace everbit::net
