#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "everbit/ext/params.h"
#include "everbit/ext/state.h"
#include "everbit/ext/strategy.h"
#include "params.hpp"
#include "plugin.hpp"
#include "state.hpp"

// A strategy class behind eb.strategy/1, eb.state/1 and eb.params/1.
//
//   class Mine : public eb::Strategy<Mine> {
//    public:
//     static constexpr std::string_view kStateSchema = "mine";
//     static constexpr std::uint32_t kStateVersion = 1;
//     static std::span<const eb::Param> params();
//     Mine(const eb::Host&, const eb_create_args&);
//     std::uint32_t history(std::int32_t role) const;
//     void candle_close(const eb_candle_close&, eb::Decisions&);
//     void save(eb::StateWriter&) const;
//     void load(eb::StateReader&);
//   };
//
// A Mine is copyable: load works on a copy, so that a refused state leaves the instance as new.
namespace eb {

// The host's ear for one candle.
class Decisions {
 public:
  explicit Decisions(const eb_decision_sink* sink) : sink_(sink) {}

  bool wants_values() const {
    constexpr std::size_t kNeeded = offsetof(eb_decision_sink, values) + sizeof(sink_->values);
    return sink_->size >= kNeeded && sink_->values != nullptr;
  }
  void values(std::span<const eb_number> numbers) {
    check(
        sink_->values(sink_->ctx_host, numbers.data(), static_cast<std::uint32_t>(numbers.size())),
        "the host refused the values");
  }
  bool wants_gates() const {
    constexpr std::size_t kNeeded = offsetof(eb_decision_sink, gates) + sizeof(sink_->gates);
    return sink_->size >= kNeeded && sink_->gates != nullptr;
  }
  void gates(std::span<const eb_gate> gates) {
    check(sink_->gates(sink_->ctx_host, gates.data(), static_cast<std::uint32_t>(gates.size())),
          "the host refused the gates");
  }
  void decide(const eb_decision& decision) {
    check(sink_->decide(sink_->ctx_host, &decision), "the host refused the decision");
  }

 private:
  const eb_decision_sink* sink_;
};

template <class S>
class Strategy {
 public:
  static const void* extension(std::string_view id) noexcept {
    if (id == EB_EXT_STRATEGY) return &kStrategyTable;
    if (id == EB_EXT_STATE) return &kStateTable;
    if (id == EB_EXT_PARAMS) return &kParamsTable;
    return nullptr;
  }

 private:
  static eb_status candle_close(void* self_plug, const eb_candle_close* candle,
                                const eb_decision_sink* sink) noexcept {
    return Instance<S>::in_state(self_plug, Life::kRunning, [&](Instance<S>& self) {
      Decisions decisions(sink);
      self.plugin.candle_close(*candle, decisions);
    });
  }

  static eb_status history(void* self_plug, std::int32_t role, std::uint32_t* candles) noexcept {
    auto& self = Instance<S>::of(self_plug);
    return guard(self.host, [&] { *candles = self.plugin.history(role); });
  }

  static eb_status save(void* self_plug, const eb_sink* blob) noexcept {
    auto& self = Instance<S>::of(self_plug);
    if (self.life == Life::kStopped) return Instance<S>::refuse_state(self.host);
    return guard(self.host, [&] {
      StateWriter writer;
      self.plugin.save(writer);
      writer.write_to(*blob);
    });
  }

  static eb_status load(void* self_plug, std::uint32_t version, const eb_source* blob) noexcept {
    return Instance<S>::in_state(self_plug, Life::kCreated, [&](Instance<S>& self) {
      if (version != S::kStateVersion) {
        throw Failure(EB_ERR_SCHEMA, "a state of a version that this strategy cannot read");
      }
      StateReader reader(*blob);
      S loaded(self.plugin);
      loaded.load(reader);
      reader.finish();
      self.plugin = std::move(loaded);
    });
  }

  static eb_status describe(void* self_plug, const eb_param_sink* sink) noexcept {
    return guard(Instance<S>::of(self_plug).host, [&] { eb::describe(S::params(), *sink); });
  }

  static constexpr eb_strategy_v1 kStrategyTable{sizeof(eb_strategy_v1), 0, &Strategy::candle_close,
                                                 &Strategy::history};
  static constexpr eb_params_v1 kParamsTable{sizeof(eb_params_v1), 0, &Strategy::describe};
  static const eb_state_v1 kStateTable;
};

template <class S>
const eb_state_v1 Strategy<S>::kStateTable{sizeof(eb_state_v1), S::kStateVersion,
                                           str(S::kStateSchema), &Strategy::save, &Strategy::load};

}  // namespace eb
