#pragma once

#include <cstdint>
#include <memory>

#include "upbit-sim/options.h"

namespace everbit::upbit_sim {

// The whole simulator: markets, exchange, both servers and the timers that drive them, in that
// order. Everything runs on the thread that calls run().
class App {
 public:
  // Throws std::runtime_error for files that cannot be read, ports that cannot be had, TLS that
  // does not work.
  explicit App(const Options& options);
  ~App();

  std::uint16_t port() const;
  std::uint16_t control_port() const;
  std::string listening_line() const;

  void run();   // until stop(), SIGTERM, SIGINT, or the end of standard input if so asked
  void stop();  // from any thread

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace everbit::upbit_sim
