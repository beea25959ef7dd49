#include "plugins/strategy/strategy_instance.h"

#include "base/abi_decimal.h"
#include "plugins/buffers.h"

namespace everbit::plugins {
namespace {

constexpr std::size_t kMaxStateBytes = std::size_t{1} << 20;

eb_plan view_of(const Plan& plan) {
  return {sizeof(eb_plan),
          plan.flags,
          everbit::to_abi(plan.stop),
          everbit::to_abi(plan.stop_distance),
          everbit::to_abi(plan.trail_top),
          to_abi(plan.own)};
}

void fill_in(eb_position_view& view, const PositionView& from, const eb_plan* plan) {
  view.size = sizeof(eb_position_view);
  view.state = from.state;
  view.last_intent = from.last_intent;
  view.last_outcome = from.last_outcome;
  view.last_signal_close = from.last_signal_close;
  view.last_exit = from.last_exit;
  view.pending_intent = from.pending_intent;
  view.last_exit_close = from.last_exit_close;
  view.entry_close = from.entry_close;
  view.quantity = everbit::to_abi(from.quantity);
  view.avg_price = everbit::to_abi(from.average_price);
  view.dust = everbit::to_abi(from.dust);
  view.plan = plan;
}

eb_status collect_param(void* ctx, const eb_param_info* info) {
  if (info == nullptr || info->size < sizeof(eb_param_info)) return EB_ERR_ARGUMENT;
  const auto text = [](eb_str value) { return std::string(from_abi(value)); };
  static_cast<std::vector<StrategyParam>*>(ctx)->push_back(
      {info->type, info->flags, text(info->key), text(info->default_value), text(info->min_value),
       text(info->max_value), text(info->unit), text(info->group), text(info->label_ko),
       text(info->label_en)});
  return EB_OK;
}

}  // namespace

StrategyInstance::StrategyInstance(std::shared_ptr<Instance> instance, const eb_strategy_v1* table,
                                   bool wants_values)
    : instance_(std::move(instance)),
      table_(table),
      state_(instance_->extension<eb_state_v1>(EB_EXT_STATE)),
      params_(instance_->extension<eb_params_v1>(EB_EXT_PARAMS)),
      manifest_(instance_->manifest()),
      sink_(manifest_, wants_values) {}

Result<std::unique_ptr<StrategyInstance>> StrategyInstance::create(const LoadedPlugin& plugin,
                                                                   InstanceOptions options,
                                                                   bool wants_values) {
  const std::string name = options.name;
  auto instance = Instance::create(plugin, std::move(options));
  if (!instance) return instance.error();
  const auto* table = (*instance)->extension<eb_strategy_v1>(EB_EXT_STRATEGY);
  if (table == nullptr || table->candle_close == nullptr) {
    return Error("PLUGIN_INSTANCE", "it does not offer eb.strategy/1", name);
  }
  return std::unique_ptr<StrategyInstance>(
      new StrategyInstance(std::move(*instance), table, wants_values));
}

// Everything of the event; a candle that is only learned from is as this leaves it.
void StrategyInstance::prepare(std::int32_t role, const eb_candle& candle) {
  event_.head = {sizeof(eb_candle_close), EB_EVENT_CANDLE_CLOSE, 0, instance_->next_seq(),
                 candle.close_time};
  event_.role = role;
  event_.candle = candle;
  event_.decide = 0;
  event_.levels_wanted = 0;
  event_.value_24h_known = 0;
  event_.traded_value_24h = eb_dec{0, 0};
  event_.traded_value_24h_f = 0;
  event_.position = nullptr;
}

CallResult StrategyInstance::close() {
  return instance_->call(
      "candle_close", [&](void* self) { return table_->candle_close(self, &event_, sink_.get()); });
}

Result<void> StrategyInstance::learn(std::int32_t role, const eb_candle& candle) {
  prepare(role, candle);
  sink_.listen(unused_);
  const CallResult result = close();
  if (!result.ok()) return result.to_result(instance_->options().name);
  if (sink_.decisions() != 0) {
    return Error("STRATEGY_DECISION", "a decision for a candle that was only to be learned from",
                 instance_->options().name);
  }
  return {};
}

Result<void> StrategyInstance::decide(const eb_candle& candle, const PositionView& position,
                                      const CandleContext& context, Decision& out) {
  prepare(EB_ROLE_SIGNAL, candle);
  if (position.plan) plan_ = view_of(*position.plan);
  fill_in(view_, position, position.plan ? &plan_ : nullptr);
  event_.decide = 1;
  event_.levels_wanted = context.levels_wanted ? 1 : 0;
  if (context.traded_value_24h) {
    event_.value_24h_known = 1;
    event_.traded_value_24h = everbit::to_abi(*context.traded_value_24h);
    event_.traded_value_24h_f = context.traded_value_24h->to_double();
  }
  event_.position = &view_;
  sink_.listen(out);
  const CallResult result = close();
  const std::string& name = instance_->options().name;
  if (!sink_.fault().empty()) return Error("STRATEGY_DECISION", sink_.fault(), name);
  if (!result.ok()) return result.to_result(name);
  if (sink_.decisions() != 1) {
    return Error("STRATEGY_DECISION", "not exactly one decision for a candle", name);
  }
  return {};
}

Result<StrategyState> StrategyInstance::save() {
  const std::string& name = instance_->options().name;
  if (state_ == nullptr) return Error("PLUGIN_INSTANCE", "it does not offer eb.state/1", name);
  StringSink blob(kMaxStateBytes);
  const auto write = [&](void* self) { return state_->save(self, blob.get()); };
  const CallResult result = instance_->state() == InstanceState::kCreated
                                ? instance_->call_created("save", write)
                                : instance_->call("save", write);
  if (!result.ok()) return result.to_result(name).error();
  return StrategyState{std::string(from_abi(state_->schema)), state_->version, blob.take()};
}

Result<void> StrategyInstance::load(const StrategyState& state) {
  const std::string& name = instance_->options().name;
  if (state_ == nullptr) return Error("PLUGIN_INSTANCE", "it does not offer eb.state/1", name);
  if (state.schema != from_abi(state_->schema)) {
    return Error("STATE_SCHEMA", "the state was saved by another schema: " + state.schema, name);
  }
  BytesSource blob(state.blob);
  return instance_
      ->call_created("load",
                     [&](void* self) { return state_->load(self, state.version, blob.get()); })
      .to_result(name);
}

Result<std::uint32_t> StrategyInstance::history(std::int32_t role) {
  std::uint32_t candles = 0;
  const CallResult result = instance_->call_anywhere(
      "history", [&](void* self) { return table_->history(self, role, &candles); });
  if (!result.ok()) return result.to_result(instance_->options().name).error();
  return candles;
}

Result<std::vector<StrategyParam>> StrategyInstance::params() {
  std::vector<StrategyParam> found;
  if (params_ == nullptr) return found;
  const eb_param_sink sink{sizeof(eb_param_sink), 0, &found, &collect_param};
  const CallResult result = instance_->call_anywhere(
      "describe", [&](void* self) { return params_->describe(self, &sink); });
  if (!result.ok()) return result.to_result(instance_->options().name).error();
  return found;
}

std::string_view StrategyInstance::reason_code(std::int32_t number) const {
  return manifest_.reason_code(number).value_or("UNKNOWN_REASON");
}

}  // namespace everbit::plugins
