#pragma once

#include <memory>
#include <string>

#include "push-sim/options.h"

namespace everbit::push_sim {

// The whole simulator on the thread that calls run().
class App {
 public:
  // Throws std::runtime_error for ports that cannot be had and TLS that does not work.
  explicit App(const Options& options);
  ~App();

  std::string listening_line() const;
  void run();  // until SIGTERM, SIGINT, or the end of standard input if so asked

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace everbit::push_sim
