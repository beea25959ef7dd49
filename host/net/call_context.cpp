#include "net/call_context.h"

namespace everbit::net {

void CallContext::arm(SteadyTime at) {
  timed_out_ = false;
  timer_.arm(at, [this] {
    timed_out_ = true;
    cut();
  });
}

void CallContext::cancel() {
  cancelled_ = true;
  cut();
}

CallFailure CallContext::reason(CallFailure otherwise) const {
  if (cancelled_) return CallFailure::kCancelled;
  return timed_out_ ? CallFailure::kTimeout : otherwise;
}

void CallContext::cut() {
  if (give_up_) give_up_();
  if (stream) stream->reset();
}

}  // namespace everbit::net
