#include <csignal>
#include <cstring>
#include <vector>

#include "decimal.hpp"
#include "everbit/manifest.h"
#include "params.hpp"
#include "strategy.hpp"

// A strategy that goes wrong in the middle of a run, in the way that BAD_WAY names: 1 writes to
// address 0, 2 takes memory without end, 3 never returns.
namespace everbit::bad {

class Bad : public eb::Strategy<Bad> {
 public:
  static constexpr std::string_view kStateSchema = "bad";
  static constexpr std::uint32_t kStateVersion = 1;
  static std::span<const eb::Param> params() { return {}; }

  Bad(const eb::Host&, const eb_create_args&) {}

  std::uint32_t history(std::int32_t) const { return 0; }

  void candle_close(const eb_candle_close& event, eb::Decisions& decisions) {
    if (event.role != EB_ROLE_SIGNAL || event.decide == 0) return;
    if (++decided_ == 50) go_wrong();
    const std::int32_t reason = 1;
    eb_decision decision{};
    decision.size = sizeof decision;
    decision.n_reasons = 1;
    decision.reasons = &reason;
    decision.state = eb::str("IDLE");
    decision.regime = eb::str("NONE");
    decisions.decide(decision);
  }

  void save(eb::StateWriter& out) const { out.u32(decided_); }
  void load(eb::StateReader& in) { decided_ = in.u32_at_most(UINT32_MAX); }

 private:
  static void go_wrong() {
#if BAD_WAY == 1
    *static_cast<volatile int*>(nullptr) = 1;
#elif BAD_WAY == 2
    std::vector<std::vector<char> > all;
    for (;;) all.emplace_back(std::size_t{16} << 20, 'x');
#else
    volatile bool on = true;
    while (on) {
    }
#endif
  }

  std::uint32_t decided_ = 0;
};

}  // namespace everbit::bad

EB_MANIFEST(
    "generation=1\n"
    "kind=strategy\n"
    "id=kr.everbit.bad\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.decimal/1\n"
    "state=bad:1:1\n"
    "reason=1:QUIET\n");

EB_PLUGIN(everbit::bad::Bad)
