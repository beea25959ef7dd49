#include <array>
#include <optional>

#include "decimal.hpp"
#include "everbit/manifest.h"
#include "params.hpp"
#include "strategy.hpp"

// The strategy of the fault tests: a test gives it a signal when it wants one. It buys on a candle
// that closed above its open and sells everything on one that closed below; a candle that did not
// move, as every one of a market without trades, says nothing.
namespace everbit::follower {

enum Reason : std::int32_t { kQuiet = 1, kUp, kDown, kPending };

constexpr std::array<eb::Param, 1> kParams{{
    {EB_PARAM_DECIMAL, "amountKrw", "100000", "5000", "100000000", "KRW", "entry", "주문 금액",
     "Order amount"},
}};

class Follower : public eb::Strategy<Follower> {
 public:
  static constexpr std::string_view kStateSchema = "follower";
  static constexpr std::uint32_t kStateVersion = 1;
  static std::span<const eb::Param> params() { return kParams; }

  Follower(const eb::Host& host, const eb_create_args& args)
      : math_(host), values_(kParams, {args.params, args.n_params}) {}

  std::uint32_t history(std::int32_t role) const { return role == EB_ROLE_SIGNAL ? 10 : 0; }

  void candle_close(const eb_candle_close& event, eb::Decisions& decisions) {
    if (event.role != EB_ROLE_SIGNAL || event.decide == 0) return;
    ++decided_;
    const eb_position_view& position = *event.position;
    const bool held = eb_dec_sign(position.quantity) > 0;
    const int moved = eb_dec_compare(event.candle.close, event.candle.open);
    eb_decision decision{};
    decision.size = sizeof decision;
    decision.action = EB_ACTION_NONE;
    decision.intent = EB_INTENT_NONE;
    decision.regime = eb::str("NONE");
    decision.state = eb::str(held ? "HELD" : "FLAT");
    std::int32_t reason = kQuiet;
    if (position.state == EB_POSITION_PENDING) {
      reason = kPending;
    } else if (!held && moved > 0) {
      reason = kUp;
      decision.action = EB_ACTION_BUY;
      decision.intent = EB_INTENT_ENTRY;
      decision.amount = math_.parse(values_.text("amountKrw"));
      decision.strength = 1;
    } else if (held && moved < 0) {
      reason = kDown;
      decision.action = EB_ACTION_SELL;
      decision.intent = EB_INTENT_EXIT_TP;
      decision.flags = EB_DECISION_ALL;
      decision.volume = position.quantity;
      decision.entry_regime = eb::str("NONE");
    }
    decision.n_reasons = 1;
    decision.reasons = &reason;
    decisions.decide(decision);
  }

  // How many candles it was asked about: shows a candle that was fed twice or left out.
  void save(eb::StateWriter& out) const { out.u32(decided_); }
  void load(eb::StateReader& in) { decided_ = in.u32_at_most(UINT32_MAX); }

 private:
  eb::DecimalMath math_;
  eb::ParamValues values_;
  std::uint32_t decided_ = 0;
};

}  // namespace everbit::follower

EB_MANIFEST(
    "generation=1\n"
    "kind=strategy\n"
    "id=kr.everbit.follower\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.decimal/1\n"
    "state=follower:1:1\n"
    "reason=1:QUIET\n"
    "reason=2:CLOSED_UP\n"
    "reason=3:CLOSED_DOWN\n"
    "reason=4:INTENT_PENDING\n");

EB_PLUGIN(everbit::follower::Follower)
