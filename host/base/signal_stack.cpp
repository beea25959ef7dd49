#include "base/signal_stack.h"

#include <csignal>

namespace everbit {
namespace {

constexpr std::size_t kBytes = std::size_t{64} * 1024;

}  // namespace

SignalStack::SignalStack() {
  stack_t stack{};
  if (sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0) return;
  memory_ = std::make_unique_for_overwrite<std::byte[]>(kBytes);
  stack = {memory_.get(), 0, kBytes};
  if (sigaltstack(&stack, nullptr) != 0) memory_.reset();
}

SignalStack::~SignalStack() {
  if (!memory_) return;
  const stack_t off{nullptr, SS_DISABLE, 0};
  sigaltstack(&off, nullptr);
}

}  // namespace everbit
