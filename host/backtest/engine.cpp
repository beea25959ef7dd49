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

Engine::Engine(Request request, const plugins::LoadedPlugin& plugin)
    : plugin_(plugin),
      ledger_(request.initial_capital, {request.fee_rate, request.slippage_bps}),
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
    std::optional<std::int64_t> next;
    for (const auto& market : markets_) {
      const auto close = market->next_close();
      if (close && (!next || *close < *next)) next = close;
    }
    if (!next) break;
    if (auto stepped = step(*next); !stepped) return stepped.error();
    if (tell && closes % kProgressEvery == 0) tell(progress());
  }
  if (result_.equity.empty()) {
    return Error("CANDLES_MISSING", "no candle between from and to", "candles");
  }
  close_positions();
  for (const auto& market : markets_) result_.data[market->market()] = market->take_data();
  for (std::size_t number = 0; number < reason_counts_.size(); ++number) {
    if (reason_counts_[number] == 0) continue;
    const auto code = plugin_.manifest.reason_code(static_cast<std::int32_t>(number));
    result_.decisions[std::string(*code)] += reason_counts_[number];
  }
  result_.slippage_paid = cut(ledger_.slippage_paid());
  std::ranges::sort(result_.trades, {}, &Trade::number);
  resolve_request();
  if (tell) tell(1.0);
  return std::move(result_);
}

Result<void> Engine::open(std::map<std::string, std::unique_ptr<CandleSource>> sources) {
  const auto strand = std::make_shared<plugins::DriverStrand>();
  for (const std::string& code : result_.request.markets) {
    auto source = sources.find(code);
    if (source == sources.end()) return Error("CANDLES_MISSING", "no candles given", code);
    auto strategy = plugins::StrategyInstance::create(
        plugin_, options_for(result_.request, code, clock_, strand));
    if (!strategy) return strategy.error();
    if (result_.params.empty()) {
      auto params = (*strategy)->params();
      if (!params) return params.error();
      result_.params = std::move(*params);
    }
    markets_.push_back(std::make_unique<MarketRun>(code, std::move(source->second),
                                                   std::move(*strategy), result_.request));
    if (auto opened = markets_.back()->open(); !opened) return opened;
  }
  return {};
}

Result<void> Engine::step(std::int64_t close_time) {
  clock_.set(Timestamp::from_ns(close_time));
  closing_.clear();
  for (const auto& market : markets_) {
    if (market->next_close() != close_time) continue;
    if (auto stepped = market->step(); !stepped) return stepped;
    if (market->evaluated()) closing_.push_back(market.get());
  }
  if (closing_.empty()) return {};
  if (result_.first_open == 0) result_.first_open = closing_.front()->candle().open_time;
  apply_exits();
  apply_entries();
  record_equity(close_time);
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
    sell(*market, volume, volume == held, decision.intent,
         std::string(plugins::intent_name(decision.intent)), std::move(reasons));
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
    candidates.push_back({market->market(), decision.strength,
                          result_.request.priority_of(market->market()), decision.amount,
                          decision.min_amount, decision.max_open_markets});
  }
  for (const std::size_t index : trading::rank_entries(candidates)) {
    const trading::EntryBudget left{cut(ledger_.cash()), open_positions_, ledger_.costs().fee_rate};
    const auto verdict = trading::judge_entry(candidates[index], left);
    if (verdict.refusal) {
      refuse(*ranked[index], codes_of({*verdict.refusal}));
    } else {
      enter(*ranked[index], verdict.amount);
    }
  }
}

void Engine::enter(MarketRun& market, Decimal amount) {
  const Fill fill = ledger_.buy(amount, market.last_close());
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
  trade.close_time = candle.close_time;
  trade.reasons = reasons;
  trade.entry = fill;
  market.trade = std::move(trade);
  market.enter(fill);
  ++open_positions_;
}

void Engine::refuse(MarketRun& market, std::vector<std::string> reasons) {
  count_decision(market, &reasons);
  const plugins::Decision& decision = market.decision();
  result_.refused_entries.push_back({market.market(), market.candle().open_time,
                                     market.candle().close_time, decision.regime, decision.strength,
                                     std::move(reasons), decision.origin});
}

void Engine::sell(MarketRun& market, Decimal volume, bool all, std::int32_t intent,
                  const std::string& name, std::vector<std::string> reasons) {
  const Fill fill = ledger_.sell(volume, market.last_close());
  market.leave(fill, intent);
  Trade& trade = *market.trade;
  trade.exits.push_back(
      {market.candle().open_time, market.candle().close_time, name, std::move(reasons), fill, all});
  if (!all) return;
  --open_positions_;
  result_.trades.push_back(std::move(trade));
  market.trade.reset();
}

// A buy that is refused counts by its refusals and by what holds in spite of them.
void Engine::count_decision(const MarketRun& market, const std::vector<std::string>* refusals) {
  const plugins::Decision& decision = market.decision();
  const auto& numbers = refusals == nullptr ? decision.reasons : decision.refused_reasons;
  for (const std::int32_t number : numbers) {
    ++reason_counts_[static_cast<std::size_t>(number)];
  }
  if (refusals == nullptr) return;
  for (const std::string& code : *refusals) ++result_.decisions[code];
}

void Engine::record_equity(std::int64_t close_time) {
  if (open_positions_ > 0) ++result_.closes_with_position;
  WideDecimal equity = ledger_.cash();
  if (open_positions_ > 0) {
    for (const auto& market : markets_) {
      if (!market->holds()) continue;
      equity += WideDecimal::product(market->position().quantity, market->last_close());
    }
  }
  result_.equity.push_back({close_time, cut(equity)});
}

void Engine::close_positions() {
  for (const auto& market : markets_) {
    if (!market->holds()) continue;
    market->trade->end_of_run = true;
    sell(*market, market->position().quantity, true, EB_INTENT_NONE, "END_OF_RUN", {"END_OF_RUN"});
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
