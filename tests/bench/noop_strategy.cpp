#include <span>

#include "everbit/manifest.h"
#include "params.hpp"
#include "strategy.hpp"

// The least that a strategy can do, written as every strategy is: what a call of it costs is the
// cost of the boundary.
namespace everbit::bench {

class Noop : public eb::Strategy<Noop> {
 public:
  static constexpr std::string_view kStateSchema = "noop";
  static constexpr std::uint32_t kStateVersion = 1;
  static std::span<const eb::Param> params() { return {}; }

  Noop(const eb::Host&, const eb_create_args&) {}
  std::uint32_t history(std::int32_t) const { return 0; }

  void candle_close(const eb_candle_close& candle, eb::Decisions& decisions) {
    if (candle.decide == 0) return;
    static constexpr std::int32_t kReason = 1;
    eb_decision decision{};
    decision.size = sizeof decision;
    decision.n_reasons = 1;
    decision.reasons = &kReason;
    decision.state = eb::str("IDLE");
    decision.regime = eb::str("NONE");
    decisions.decide(decision);
  }

  void save(eb::StateWriter&) const {}
  void load(eb::StateReader&) {}
};

}  // namespace everbit::bench

EB_MANIFEST(
    "generation=1\n"
    "kind=strategy\n"
    "id=kr.everbit.bench.noop\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "state=noop:1:1\n"
    "reason=1:NOTHING\n");

EB_PLUGIN(everbit::bench::Noop)
