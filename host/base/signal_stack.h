#pragma once

#include <cstddef>
#include <memory>

namespace everbit {

// A stack of this thread's own for signal handlers, so that one still runs when the thread's stack
// is used up. Nothing where the thread has one already. Made and destroyed on the same thread.
class SignalStack {
 public:
  SignalStack();
  ~SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace everbit
