#include "backtest/engine.h"

#include <algorithm>

#include "trading/risk/risk_gate.h"

namespace everbit::backtest {
namespace {

constexpr std::size_t kProgressEvery = 4'096;  // closes
constexpr std::int32_t kMaxReason = 65'535;

plugins::InstanceOptions options_for(const Request& request, const std::string& market,
                                     const Clock& clock, std::shared_ptr<plugins::Strand> strand) {
  plugins::InstanceOptions options;
  options.name = request.strategy_key + "/" + market;
  options.strategy_key = request.strategy_key;
  options.market = market;
  options.mode = EB_MODE_BACKTEST;
  options.signal_s = request.timeframes.signal_s;
  options.macro_s = request.timeframes.macro_s;
  options.long_s = request.timeframes.long_s;
  options.params = request.params;
  options.clock = &clock;
  options.strand = std::move(strand);
  options.budget.reset();
  return options;
}

// The highest reason number, so that decisions are counted by index.
std::size_t reason_slots(const plugins::Manifest& manifest) {
  std::int32_t highest = 0;
  for (const auto& reason : manifest.reasons) highest = std::max(highest, reason.number);
  return static_cast<std::size_t>(std::min(highest, kMaxReason)) + 1;
}

std::vector<std::string> codes_of(const std::vector<trading::RefusalReason>& reasons) {
  std::vector<std::string> codes;
  for (const auto reason : reasons) codes.emplace_back(trading::code_of(reason));
  return codes;
}

Decimal cut(const WideDecimal& value) { return value.cut(Rounding::kDown).value(); }

}  // namespace

Engine::Engine(Request request, const plugins::LoadedPlugin& plugin, RunProbe probe)
    : plugin_(plugin),
      model_(fill_model_of(request.fill_model).value_or(FillModel::kClose)),
      probe_(std::move(probe)),
      ledger_(request.initial_capital, {request.fee_rate, request.slippage_bps}),
      reckoned_(ledger_),
      reason_counts_(reason_slots(plugin.manifest)) {
  result_.request = std::move(request);
  result_.strategy_version = plugin.manifest.version;
  result_.strategy_sha256 = plugin.sha256;
}

Result<RunResult> Engine::run(std::map<std::string, std::unique_ptr<CandleSource>> sources,
                              const Progress& tell) {
  if (auto valid = validate(result_.request); !valid) return valid.error();
  if (auto opened = open(std::move(sources)); !opened) return opened.error();
  for (std::size_t closes = 1;; ++closes) {
    std::int64_t next = MarketRun::kNoClose;
    for (const auto& market : markets_) next = std::min(next, market->next_close());
    if (next == MarketRun::kNoClose) break;
    if (auto stepped = step(next); !stepped) return stepped.error();
    if (tell && closes % kProgressEvery == 0) tell(progress());
  }
  if (result_.equity.empty()) {
    return Error("CANDLES_MISSING", missing_range(), "candles");
  }
  fill_at_open();
  if (!has_real_fills()) close_positions();
  for (const auto& market : markets_) result_.data[market->market()] = market->take_data();
  for (std::size_t number = 0; number < reason_counts_.size(); ++number) {
    if (reason_counts_[number] == 0) continue;
    const auto code = plugin_.manifest.reason_code(static_cast<std::int32_t>(number));
    if (code) result_.decisions[std::string(*code)] += reason_counts_[number];
  }
  result_.slippage_paid = cut(ledger_.slippage_paid());
  std::ranges::sort(result_.trades, {}, &Trade::number);
  resolve_request();
  if (tell) tell(1.0);
  return std::move(result_);
}

std::string Engine::missing_range() const {
  const Request& request = result_.request;
  std::string text = "no candle of";
  for (const std::string& market : request.markets) text += " " + market;
  if (request.from) text += " from " + Timestamp::from_ns(*request.from).to_iso();
  if (request.to) text += " to " + Timestamp::from_ns(*request.to).to_iso();
  return text;
}

Result<void> Engine::open(std::map<std::string, std::unique_ptr<CandleSource>> sources) {
  strand_ = std::make_shared<plugins::DriverStrand>();
  for (const std::string& code : result_.request.markets) {
    auto source = sources.find(code);
    if (source == sources.end()) return Error("CANDLES_MISSING", "no candles given", code);
    auto strategy = make_strategy(code);
    if (!strategy) return strategy.error();
    if (result_.params.empty()) {
      auto params = (*strategy)->params();
      if (!params) return params.error();
      result_.params = std::move(*params);
    }
    markets_.push_back(std::make_unique<MarketRun>(code, std::move(source->second),
                                                   std::move(*strategy), result_.request,
                                                   probe_.history, probe_.replay));
    if (auto opened = markets_.back()->open(); !opened) return opened;
  }
  return {};
}

Result<std::unique_ptr<plugins::StrategyInstance>> Engine::make_strategy(
    const std::string& market) {
  if (probe_.replay != nullptr) {
    const auto track = probe_.replay->markets.find(market);
    if (track == probe_.replay->markets.end() || track->second.states.empty()) {
      return Error("RECORDING", "no state of it was kept", market);
    }
    return make_from(market, track->second.states.begin()->second);
  }
  return plugins::StrategyInstance::create(plugin_,
                                           options_for(result_.request, market, clock_, strand_));
}

// Loaded, and not yet started.
Result<std::unique_ptr<plugins::StrategyInstance>> Engine::make_from(const std::string& market,
                                                                     const KeptState& kept) {
  auto options = options_for(result_.request, market, clock_, strand_);
  options.params = kept.params;
  auto made = plugins::StrategyInstance::create(kept.plugin != nullptr ? *kept.plugin : plugin_,
                                                std::move(options));
  if (!made) return made.error();
  if (auto loaded = (*made)->load(kept.state); !loaded) return loaded.error();
  return made;
}

// As the daemon's restart: what was saved, and nothing else, reaches the new instance.
Result<void> Engine::restart() {
  for (const auto& market : markets_) {
    const auto state = market->strategy().save();
    if (!state) return state.error();
    auto next = make_strategy(market->market());
    if (!next) return next.error();
    if (auto loaded = (*next)->load(*state); !loaded) return loaded;
    if (auto started = (*next)->start(); !started) return started;
    market->replace_strategy(std::move(*next));
  }
  return {};
}

Result<void> Engine::step(std::int64_t close_time) {
  clock_.set(Timestamp::from_ns(close_time));
  fill_at_open();
  closing_.clear();
  const MarketRun* first = nullptr;
  for (const auto& market : markets_) {
    if (market->next_close() != close_time) continue;
    if (auto stepped = market->step(); !stepped) return stepped;
    if (!market->in_range()) continue;
    if (first == nullptr) first = market.get();
    if (auto evaluated = evaluate(*market); !evaluated) return evaluated;
  }
  if (first == nullptr) return {};
  const bool cut = !probe_.restart_after.empty() && probe_.restart_after.contains(close_time);
  if (result_.first_open == 0) result_.first_open = first->candle().open_time;
  if (has_real_fills()) {
    hear();
  } else {
    reckoned_positions_ = open_positions_;
    if (model_ == FillModel::kNextOpen) reckoned_ = ledger_;
    apply_exits();
    apply_entries();
    if (auto resting = rest_orders(); !resting) return resting;
  }
  record_equity(close_time);
  if (probe_.replay != nullptr) return take_up_states(close_time);
  return cut ? restart() : Result<void>();
}

// What is ordered has been decided live: the strategies are only listened to.
void Engine::hear() {
  for (MarketRun* market : closing_) {
    const plugins::Decision& decision = market->decision();
    if (!decision.refused) {
      count_decision(*market, nullptr);
      continue;
    }
    const auto reasons = codes(*market, decision.reasons);
    count_decision(*market, &reasons);
  }
}

// A position that was held when the replay began: its entry lies before it.
void Engine::take_over_position(MarketRun& market) {
  const plugins::PositionView& position = market.position();
  Trade trade;
  trade.number = entries_++;
  trade.market = market.market();
  trade.open_time = trade.close_time = trade.fill_time = position.entry_close;
  trade.entry.price = position.average_price;
  trade.entry.volume = position.quantity;
  trade.entry.value = WideDecimal::product(position.quantity, position.average_price);
  market.trade = std::move(trade);
  ++open_positions_;
}

Result<void> Engine::take_up_states(std::int64_t close_time) {
  for (const auto& market : markets_) {
    const auto& states = market->track()->states;
    const auto kept = states.find(close_time);
    if (kept == states.end() || kept == states.begin()) continue;
    auto next = make_from(market->market(), kept->second);
    if (!next) return next.error();
    if (auto started = (*next)->start(); !started) return started;
    market->replace_strategy(std::move(*next));
  }
  return {};
}

Result<void> Engine::evaluate(MarketRun& market) {
  const bool resting = model_ == FillModel::kOhlcPath;
  if (resting) {
    const std::int32_t target = market.resting ? market.resting->target_intent : EB_INTENT_NONE;
    if (fill_resting(market)) {
      if (auto passed = market.pass(target); !passed) return passed;
      passed_.push_back(&market);
      return {};
    }
  }
  closing_.push_back(&market);
  if (market.adopt_position()) take_over_position(market);
  return market.decide(resting);
}

// Every position needs its levels for the candle that comes.
Result<void> Engine::rest_orders() {
  if (model_ != FillModel::kOhlcPath) return {};
  for (const auto* markets : {&closing_, &passed_}) {
    for (MarketRun* market : *markets) {
      if (!market->holds()) continue;
      const auto& levels = market->decision().levels;
      if (!levels) {
        return Error("BACKTEST_REQUEST", "ohlc_path needs a strategy that gives exit levels",
                     "fillModel");
      }
      const auto& position = market->position();
      market->resting =
          place_orders(*levels, position.average_price, position.quantity, market->last_close());
    }
  }
  passed_.clear();
  return {};
}

void Engine::apply_exits() {
  for (MarketRun* market : closing_) {
    const plugins::Decision& decision = market->decision();
    if (decision.action == EB_ACTION_BUY) continue;
    count_decision(*market, nullptr);
    if (market->holds()) market->keep_plan();
    if (!decision.wants_exit()) continue;
    trading::GateFacts facts;
    facts.position_open = market->holds();
    if (!trading::check_gate(trading::Request::kStrategyExit, facts).empty()) continue;
    const Decimal held = market->position().quantity;
    const Decimal volume = decision.all ? held : std::min(decision.volume, held);
    auto reasons = codes(*market, decision.reasons);
    result_.signals.push_back({market->market(), market->candle().open_time,
                               market->candle().close_time, false,
                               std::string(plugins::intent_name(decision.intent)), reasons, 0,
                               decision.regime, decision.entry_regime, volume});
    const bool all = volume == held;
    if (model_ == FillModel::kNextOpen) {
      reckoned_.sell(volume, market->last_close());
      if (all) --reckoned_positions_;
      orders_.push_back({market, {}, {}, volume, all, decision.intent, std::move(reasons)});
      continue;
    }
    sell(*market, volume, market->last_close(), decision.intent,
         exit_of(*market, std::string(plugins::intent_name(decision.intent)), std::move(reasons),
                 all));
    if (all) --reckoned_positions_;
  }
}

void Engine::apply_entries() {
  std::vector<MarketRun*> ranked;
  std::vector<trading::EntryCandidate> candidates;
  for (MarketRun* market : closing_) {
    const plugins::Decision& decision = market->decision();
    if (decision.action != EB_ACTION_BUY) continue;
    if (decision.refused) {
      refuse(*market, codes(*market, decision.reasons));
      continue;
    }
    trading::GateFacts facts;
    facts.position_open = market->holds();
    const auto refusals = trading::check_gate(trading::Request::kEntry, facts);
    if (!refusals.empty()) {
      refuse(*market, codes_of(refusals));
      continue;
    }
    ranked.push_back(market);
    candidates.push_back(candidate_of(*market));
  }
  if (candidates.empty()) return;
  for (const std::size_t index : trading::rank_entries(candidates)) {
    const Ledger& book = model_ == FillModel::kNextOpen ? reckoned_ : ledger_;
    const trading::EntryBudget left{cut(book.cash()), reckoned_positions_, book.costs().fee_rate};
    const auto verdict = trading::judge_entry(candidates[index], left);
    if (verdict.refusal) {
      refuse(*ranked[index], codes_of({*verdict.refusal}));
    } else {
      enter(*ranked[index], verdict.amount, candidates[index].minimum);
    }
  }
}

// A replay keeps to the owner's limits of entries too; the back-test's request has none.
trading::EntryCandidate Engine::candidate_of(const MarketRun& market) const {
  const plugins::Decision& decision = market.decision();
  trading::EntryCandidate candidate{
      market.market(), decision.strength,   result_.request.priority_of(market.market()),
      decision.amount, decision.min_amount, decision.max_open_markets};
  if (probe_.replay == nullptr) return candidate;
  const LiveReplay& replay = *probe_.replay;
  if (replay.max_order.is_positive()) {
    candidate.wanted = std::min(candidate.wanted, replay.max_order);
  }
  candidate.minimum = std::max(candidate.minimum, replay.min_order);
  const int slots = replay.max_open_markets;
  if (slots > 0 && (candidate.max_open_markets == 0 || slots < candidate.max_open_markets)) {
    candidate.max_open_markets = slots;
  }
  return candidate;
}

void Engine::enter(MarketRun& market, Decimal amount, Decimal minimum) {
  Ledger& book = model_ == FillModel::kNextOpen ? reckoned_ : ledger_;
  const Fill fill = book.buy(amount, market.last_close());
  if (!fill.volume.is_positive()) {
    refuse(market, codes_of({trading::RefusalReason::kAmountBlocked}));
    return;
  }
  count_decision(market, nullptr);
  const plugins::Decision& decision = market.decision();
  const Candle& candle = market.candle();
  const auto reasons = codes(market, decision.reasons);
  result_.signals.push_back({market.market(),
                             candle.open_time,
                             candle.close_time,
                             true,
                             "ENTRY",
                             reasons,
                             decision.strength,
                             decision.regime,
                             {},
                             amount});
  Trade trade;
  trade.number = entries_++;
  trade.market = market.market();
  trade.entry_regime = decision.regime;
  trade.strength = decision.strength;
  trade.atr = decision.figure("atr");
  trade.amount = amount;
  trade.watch_candle = decision.origin;
  trade.open_time = candle.open_time;
  trade.close_time = trade.fill_time = candle.close_time;
  trade.reasons = reasons;
  ++reckoned_positions_;
  if (model_ == FillModel::kNextOpen) {
    orders_.push_back({&market, std::move(trade), minimum, {}, false, EB_INTENT_ENTRY, {}});
  } else {
    open_position(market, std::move(trade), fill);
  }
}

void Engine::refuse(MarketRun& market, std::vector<std::string> reasons) {
  count_decision(market, &reasons);
  const plugins::Decision& decision = market.decision();
  result_.refused_entries.push_back({market.market(), market.candle().open_time,
                                     market.candle().close_time, decision.regime, decision.strength,
                                     std::move(reasons), decision.origin});
}

// A buy that is refused counts by its refusals and by what holds in spite of them.
void Engine::count_decision(const MarketRun& market, const std::vector<std::string>* refusals) {
  const plugins::Decision& decision = market.decision();
  const auto& numbers = refusals == nullptr ? decision.reasons : decision.refused_reasons;
  for (const std::int32_t number : numbers) {
    const auto slot = static_cast<std::size_t>(number);
    // A replay may meet other files of the strategy, with reasons of their own.
    if (slot < reason_counts_.size()) ++reason_counts_[slot];
  }
  if (probe_.observe) {
    probe_.observe({market.market(), market.candle().close_time, decision, refusals,
                    market.strategy(), market.position()});
  }
  if (refusals == nullptr) return;
  for (const std::string& code : *refusals) ++result_.decisions[code];
}

void Engine::record_equity(std::int64_t close_time) {
  if (open_positions_ > 0) ++result_.closes_with_position;
  if (open_positions_ == 0 && !ledger_.changed() && !result_.equity.empty()) {
    result_.equity.push_back({close_time, result_.equity.back().value});
    return;
  }
  WideDecimal equity = ledger_.cash();
  for (const auto& market : markets_) {
    if (!market->holds()) continue;
    equity += WideDecimal::product(market->position().quantity, market->last_close());
  }
  result_.equity.push_back({close_time, cut(equity)});
  if (open_positions_ == 0) ledger_.settle();
}

void Engine::close_positions() {
  for (const auto& market : markets_) {
    if (!market->holds()) continue;
    market->trade->end_of_run = true;
    sell(*market, market->position().quantity, market->last_close(), EB_INTENT_NONE,
         exit_of(*market, "END_OF_RUN", {"END_OF_RUN"}, true));
  }
  result_.equity.back().value = cut(ledger_.cash());
}

void Engine::resolve_request() {
  Request& request = result_.request;
  std::int64_t last_close = 0;
  std::int64_t first_open = 0;
  for (const auto& [market, data] : result_.data) {
    const std::int64_t close =
        data.last_open + request.timeframes.signal_s * trading::kNanosecondsPerSecond;
    last_close = std::max(last_close, close);
    if (first_open == 0 || data.first_open < first_open) first_open = data.first_open;
  }
  if (!request.from) request.from = first_open;
  if (!request.to) request.to = last_close;
}

std::vector<std::string> Engine::codes(MarketRun& market,
                                       const std::vector<std::int32_t>& numbers) const {
  std::vector<std::string> codes;
  for (const std::int32_t number : numbers) {
    codes.emplace_back(market.strategy().reason_code(number));
  }
  return codes;
}

double Engine::progress() const {
  double sum = 0;
  for (const auto& market : markets_) sum += market->progress();
  return sum / static_cast<double>(markets_.size());
}

}  // namespace everbit::backtest
