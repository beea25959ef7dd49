#include "virtual_strategy.h"

namespace everbit::bench {
namespace {

constexpr char kState[] = "IDLE";
constexpr char kRegime[] = "NONE";

class VirtualNoop final : public VirtualStrategy {
 public:
  bool candle_close(const eb_candle_close& candle, VirtualEar& ear) override {
    if (candle.decide == 0) return true;
    static constexpr std::int32_t kReason = 1;
    eb_decision decision{};
    decision.size = sizeof decision;
    decision.n_reasons = 1;
    decision.reasons = &kReason;
    decision.state = {kState, sizeof kState - 1};
    decision.regime = {kRegime, sizeof kRegime - 1};
    return ear.decide(decision);
  }
};

}  // namespace

std::unique_ptr<VirtualStrategy> make_virtual_noop() { return std::make_unique<VirtualNoop>(); }

}  // namespace everbit::bench
