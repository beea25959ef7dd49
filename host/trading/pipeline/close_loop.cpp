#include "trading/pipeline/close_loop.h"

#include <algorithm>

#include "base/log.h"
#include "base/trace_id.h"
#include "trading/pipeline/round_record.h"
#include "trading/transient.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPoll{50};
constexpr milliseconds kRepeatAfter{200};
constexpr seconds kPrepareAgain{1};
constexpr seconds kTickerAge{60};
// Longer than this no close waits for the recording of the one before.
constexpr seconds kRecordBudget{1};
// Of one market, waiting for REST's word: more than a page of its answer cannot be compared.
constexpr std::size_t kMostUnconfirmed = 150;

constexpr store::Sql kIntentOpen{R"sql(
  SELECT 1 FROM order_intent WHERE id = $1 AND status = 'CREATED')sql"};

// An exit that a missed candle asked for: it was decided more than a period after that candle. In
// the database, so that a second stop does not forget it.
constexpr store::Sql kLateExitOpen{R"sql(
  SELECT 1 FROM order_intent i JOIN signal s ON s.id = i.signal_id
  WHERE i.owner_id = $1 AND i.market = $2 AND i.mode = $3 AND i.status = 'CREATED'
    AND i.side = 'SELL' AND s.strategy_key <> 'MANUAL'
    AND i.created_at - s.candle_close_time > make_interval(secs => $4))sql"};

std::string price_text(const Candle& candle) {
  const auto close = from_abi(candle.close);
  return close ? close->to_string() : "?";
}

std::string joined(const StrategyRunner& runner, const std::vector<std::int32_t>& reasons) {
  std::string text;
  for (const std::int32_t reason : reasons) {
    if (!text.empty()) text += ",";
    text += runner.reason_code(reason);
  }
  return text;
}

}  // namespace

// One market of the loop.
struct CloseLoop::Market {
  StrategyRunner* runner = nullptr;
  // Candles read and not yet fed, by open time; REST has spoken for everything before known_until.
  std::map<std::int64_t, Candle> known;
  Timestamp known_until;
  // The period's candle is the stream's, or nobody's: REST did not answer.
  bool verified = true;
  GapCause cause = GapCause::kDisconnected;  // why it did not
  std::optional<GapCause> gap;               // of the period
  // Evaluated without REST's word, by open time: compared with it when it comes.
  std::map<std::int64_t, Candle> unconfirmed;
  bool fresh = true;
  Timestamp prepare_at;
  // Its memory went past what is stored: it must start again from the stored state.
  bool astray = false;
  // Quarantined, and the owner has ended that.
  bool released = false;
  // When to look again whether the exit that a missed candle asked for is closed.
  Timestamp exit_look_at;
  Evaluation evaluation;
  std::optional<Decimal> traded_value_24h;  // handed with it
  bool stored = false;                      // its transaction is committed
  std::string trace_id;

  bool is_ready() const { return !astray && runner->is_healthy(); }
  Timestamp next_close() const { return runner->next_open() + runner->period(); }
  Timestamp read_from() const {
    return unconfirmed.empty() ? runner->next_open()
                               : Timestamp::from_ns(unconfirmed.begin()->first);
  }
  const std::string& code() const { return runner->key().market; }
};

CloseLoop::CloseLoop(Parts parts) : parts_(std::move(parts)) {
  for (const auto& runner : parts_.runners) {
    markets_.push_back(std::make_unique<Market>());
    markets_.back()->runner = runner.get();
  }
}

CloseLoop::~CloseLoop() { stop(); }

void CloseLoop::start() {
  thread_ = std::thread([this] { run(); });
}

void CloseLoop::stop() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
}

void CloseLoop::run() {
  bool announced = false;
  while (!stopping_.load()) {
    parts_.beat();
    look_for_ended_quarantines();
    const bool all = prepare_all();
    if (all != announced) parts_.ready(announced = all);
    parts_.guardian.turn(parts_.exchange_clock.now_or_local() - parts_.settings.grace,
                         [this](const std::string& market, const std::string& strategy_key) {
                           return runs(market, strategy_key);
                         });
    turn();
  }
}

bool CloseLoop::runs(const std::string& market, const std::string& strategy_key) const {
  return std::ranges::any_of(markets_, [&](const auto& one) {
    return one->code() == market && one->runner->key().strategy_key == strategy_key &&
           one->is_ready();
  });
}

void CloseLoop::look_for_ended_quarantines() {
  if (!ended_.exchange(false)) return;
  for (const auto& market : markets_) {
    market->released = market->runner->is_quarantined();
    if (market->released) log_warn("quarantine_ended", {{"market", market->code()}});
  }
}

bool CloseLoop::prepare_all() {
  bool all = true;
  for (const auto& market : markets_) {
    if (stopping_.load()) return false;
    if (!market->is_ready()) all = prepare(*market) && all;
    parts_.beat();
  }
  return all;
}

bool CloseLoop::prepare(Market& market) {
  if (market.runner->is_quarantined() && !market.released) return false;
  const Timestamp now = parts_.exchange_clock.now_or_local();
  if (now < market.prepare_at) return false;
  market.released = false;
  market.prepare_at = now + kPrepareAgain;
  market.known.clear();
  market.known_until = {};
  auto prepared = market.runner->prepare(now);
  if (!prepared) {
    log_error("strategy_not_ready",
              {{"market", market.code()}, {"error", to_string(prepared.error())}});
    if (prepared.error().code == "FENCED") parts_.fenced();
    return false;
  }
  market.astray = false;
  return market.is_ready();
}

// One close, if one is due; else a short wait.
void CloseLoop::turn() {
  const Timestamp now = parts_.exchange_clock.now_or_local() - parts_.settings.grace;
  const auto markets = due(now);
  if (markets.empty()) {
    pause(kPoll);
    return;
  }
  const Timestamp close = markets.front()->next_close();
  fetch(markets, now.floor_to(markets.front()->runner->period()));
  round(markets, close);
}

// The markets whose next candle closes first, if it has.
std::vector<CloseLoop::Market*> CloseLoop::due(Timestamp now) {
  std::vector<Market*> markets;
  for (const auto& market : markets_) {
    if (!market->is_ready() || market->next_close() > now) continue;
    if (waits_for_exit(*market, now)) continue;
    if (!markets.empty() && market->next_close() > markets.front()->next_close()) continue;
    if (!markets.empty() && market->next_close() < markets.front()->next_close()) markets.clear();
    markets.push_back(market.get());
  }
  return markets;
}

// A database that does not answer is no reason to go on.
bool CloseLoop::waits_for_exit(Market& market, Timestamp now) {
  if (now < market.exit_look_at) return true;
  const InstanceKey& key = market.runner->key();
  auto rows =
      parts_.pool.exec(Deadline::after(seconds(2)), kLateExitOpen, key.owner, key.market,
                       to_string(key.mode), static_cast<double>(market.runner->period().count()));
  if (rows && rows->empty()) return false;
  market.exit_look_at = now + kRepeatAfter;
  return true;
}

// Reads by REST what the markets lack, up to the newest close that is over.
void CloseLoop::fetch(const std::vector<Market*>& markets, Timestamp newest_close) {
  std::vector<CandleReader::Wanted> wanted;
  for (Market* market : markets) {
    market->verified = true;
    market->cause = GapCause::kDisconnected;
    if (market->known_until >= market->next_close()) continue;
    wanted.push_back({market->code(), market->read_from()});
  }
  if (wanted.empty()) return;
  const int timeframe_s = static_cast<int>(markets.front()->runner->period().count());
  const Deadline deadline = Deadline::after(parts_.settings.rest_deadline);
  while (!wanted.empty() && !deadline.expired() && !stopping_.load()) {
    const auto answers = parts_.reader.read_all(wanted, timeframe_s, newest_close,
                                                deadline.earlier(Deadline::after(seconds(5))));
    parts_.beat();
    wanted.clear();
    for (Market* market : markets) {
      const auto answer = answers.find(market->code());
      if (answer == answers.end()) continue;
      if (!answer->second) {
        log_warn("candles_not_read",
                 {{"market", market->code()}, {"error", to_string(answer->second.error())}});
        // No answer at all says less than the one before.
        if (const std::string& cause = answer->second.error().field; !cause.empty()) {
          market->cause = gap_cause_of(cause);
        }
        wanted.push_back({market->code(), market->read_from()});
        continue;
      }
      confirm(*market, *answer->second);
      for (const Candle& candle : *answer->second) {
        if (candle.open_time < market->runner->next_open().ns()) continue;
        market->known.insert_or_assign(candle.open_time, candle);
      }
      market->known_until = newest_close;
    }
    if (!wanted.empty()) pause(kRepeatAfter);
  }
  for (Market* market : markets) market->verified = market->known_until >= market->next_close();
}

// REST has spoken of candles that were evaluated without it. What differs is recorded and no more.
void CloseLoop::confirm(Market& market, const std::vector<Candle>& told) {
  if (market.unconfirmed.empty()) return;
  const InstanceKey& key = market.runner->key();
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(seconds(2)));
  if (!tx) return;
  for (const auto& [open, before] : market.unconfirmed) {
    const auto after = std::ranges::find(told, open, &Candle::open_time);
    const bool filled = (before.flags & EB_CANDLE_FILLED) != 0;
    CandleCorrection correction{key.market, key.timeframe, before, std::nullopt,
                                parts_.exchange_clock.now_or_local()};
    if (after != told.end()) correction.after = *after;
    if (correction.after ? is_same(before, *after) : filled) continue;
    log_warn("candle_corrected",
             {{"market", key.market}, {"open", Timestamp::from_ns(open).to_iso()}});
    if (auto kept = record_correction(*tx, correction); !kept) return;
  }
  if (tx->commit().committed()) market.unconfirmed.clear();
}

void CloseLoop::round(const std::vector<Market*>& markets, Timestamp close) {
  exits_of_close_.clear();
  std::vector<Market*> entries;
  std::vector<Market*> without_position;
  // A position is what makes an exit possible; the view is read again with the evaluation.
  for (Market* market : markets) {
    if (stopping_.load()) return;
    market->stored = false;
    if (!evaluate(*market, close)) continue;
    const bool held = market->evaluation.position.quantity.is_positive();
    if (market->evaluation.decision.wants_entry()) {
      entries.push_back(market);
    } else if (held) {
      write(*market);
    } else {
      without_position.push_back(market);
    }
  }
  for (Market* market : without_position) write(*market);
  if (!entries.empty()) {
    wait_for_exits();
    write_entries(std::move(entries));
  }
  record(markets, close);
}

// For `everbit parity`. What cannot be kept is missing there, and nothing else.
void CloseLoop::record(const std::vector<Market*>& markets, Timestamp close) {
  std::vector<RoundInput> inputs;
  for (const Market* market : markets) {
    if (!market->stored) continue;
    inputs.push_back({market->runner->key(), market->runner->active(), close,
                      market->evaluation.position, market->traded_value_24h,
                      market->evaluation.decision.wants_entry()});
  }
  auto kept = record_round(parts_.pool, inputs, Deadline::after(kRecordBudget));
  parts_.beat();
  if (kept) return;
  log_warn("round_not_recorded", {{"close", close.to_iso()}, {"error", to_string(kept.error())}});
}

bool CloseLoop::evaluate(Market& market, Timestamp close) {
  StrategyRunner& runner = *market.runner;
  const Timestamp open = runner.next_open();
  std::optional<Candle> candle;
  market.gap.reset();
  if (const auto known = market.known.find(open.ns()); known != market.known.end()) {
    candle = known->second;
    market.known.erase(market.known.begin(), std::next(known));
  } else if (!market.verified) {
    candle = parts_.feed.streamed_candle(market.code(), open);
    market.gap = market.cause;
    log_error(
        "candle_unverified",
        {{"market", market.code()}, {"close", close.to_iso()}, {"cause", to_string(market.cause)}});
  } else {
    market.gap = GapCause::kNoTrade;
  }
  plugins::CandleContext context;
  const Timestamp now = parts_.exchange_clock.now_or_local();
  market.fresh = now - close <= runner.period();
  const auto view = parts_.feed.view(market.code());
  if (view && market.fresh && now - view->exchange_time <= kTickerAge) {
    context.traded_value_24h = view->traded_value_24h;
  }
  market.traded_value_24h = context.traded_value_24h;
  market.trace_id = TraceId::make().hex();
  auto evaluation = runner.evaluate(candle, context);
  if (!evaluation) {
    log_error("candle_not_evaluated",
              {{"market", market.code()}, {"error", to_string(evaluation.error())}});
    market.astray = true;
    return false;
  }
  market.evaluation = std::move(*evaluation);
  if (!market.verified && market.unconfirmed.size() < kMostUnconfirmed) {
    market.unconfirmed.emplace(open.ns(), market.evaluation.candle);
  }
  log_info("candle_closed", {{"market", market.code()},
                             {"close", close.to_iso()},
                             {"price", price_text(market.evaluation.candle)},
                             {"state", market.evaluation.decision.state},
                             {"regime", market.evaluation.decision.regime},
                             {"reasons", joined(runner, market.evaluation.decision.reasons)},
                             {"trace_id", market.trace_id}});
  return true;
}

// No next candle is fed before this one is stored. What the database refuses for good makes the
// market start again from the stored state.
void CloseLoop::write(Market& market) {
  CandleJob job{*market.runner,
                market.evaluation,
                market.verified,
                market.fresh,
                market.runner->is_healthy(),
                parts_.key_present,
                parts_.key_usable.load(),
                market.trace_id,
                parts_.loss_reached()};
  job.gap = market.gap;
  if (!market.fresh) job.price = price_now(market.code());
  while (!stopping_.load()) {
    auto result = parts_.writer.write(job);
    parts_.beat();
    if (result) {
      market.stored = true;
      if (market.gap) parts_.gap(market.code(), *market.gap);
      if (result->intent && market.evaluation.decision.wants_exit()) {
        exits_of_close_.push_back(*result->intent);
      }
      if (!result->refusals.empty()) {
        log_info("order_refused", {{"market", market.code()},
                                   {"reason", result->refusals.front()},
                                   {"trace_id", market.trace_id}});
      }
      return;
    }
    if (result.error().code == "FENCED") {
      log_critical("fenced", {{"market", market.code()}});
      parts_.fenced();
      return;
    }
    log_error("candle_not_stored_yet",
              {{"market", market.code()}, {"error", to_string(result.error())}});
    if (!is_transient(result.error())) {
      market.astray = true;
      return;
    }
    pause(kRepeatAfter);
  }
}

void CloseLoop::write_entries(std::vector<Market*> candidates) {
  std::vector<EntryCandidate> entries;
  for (const Market* market : candidates) {
    EntryCandidate entry;
    entry.market = market->code();
    entry.strength = market->evaluation.decision.strength;
    if (const auto priority = parts_.priorities.find(entry.market);
        priority != parts_.priorities.end()) {
      entry.priority = priority->second;
    }
    entries.push_back(std::move(entry));
  }
  for (const std::size_t index : rank_entries(entries)) write(*candidates[index]);
}

void CloseLoop::wait_for_exits() {
  const Deadline deadline = Deadline::after(parts_.settings.exits_before_entries);
  while (!deadline.expired() && !stopping_.load()) {
    const bool open = std::any_of(exits_of_close_.begin(), exits_of_close_.end(),
                                  [this](IntentId intent) { return is_open(intent); });
    if (!open) return;
    pause(kPoll);
    parts_.beat();
  }
}

bool CloseLoop::is_open(IntentId intent) {
  auto rows = parts_.pool.exec(Deadline::after(seconds(2)), kIntentOpen, intent);
  return !rows || !rows->empty();
}

std::optional<Decimal> CloseLoop::price_now(const std::string& market) const {
  const auto view = parts_.feed.view(market);
  if (!view) return std::nullopt;
  return view->price;
}

void CloseLoop::pause(milliseconds time) { std::this_thread::sleep_for(time); }

}  // namespace everbit::trading
