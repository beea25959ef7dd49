#include "candles/fetch.h"

#include <algorithm>
#include <thread>

#include "base/log.h"
#include "candles/candle_table.h"
#include "trading/gateway/stored_blocks.h"
#include "trading/market/gap_ledger.h"

namespace everbit::candles {
namespace {

using plugins::Meaning;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPage = 200;  // the exchange's most
constexpr seconds kStoreBudget{15};
constexpr milliseconds kTryAgain{500};
// The last trades of a period may reach the exchange's candle after its end.
constexpr seconds kSettled{10};

Error not_read(const Series& series, std::string why) {
  return {"CANDLES_NOT_READ", std::move(why), series.name()};
}

std::string why_of(const trading::GatewayAnswer& answer) {
  if (!answer.wire.answered()) {
    return std::string(net::to_string(answer.wire.failure)) + " " + answer.wire.detail;
  }
  const plugins::Answer& said = answer.decoded.answer;
  return "HTTP " + std::to_string(answer.wire.response.status) + " " + said.name + " " +
         said.message;
}

bool is_blocked(const trading::GatewayAnswer& answer) {
  return answer.wire.failure == net::CallFailure::kBlocked ||
         (answer.wire.answered() && answer.decoded.answer.meaning == Meaning::kBlocked);
}

// Whether the same question may be answered later.
bool may_pass(const trading::GatewayAnswer& answer) {
  if (!answer.wire.answered()) return answer.wire.failure != net::CallFailure::kInvalidRequest;
  const Meaning meaning = answer.decoded.answer.meaning;
  return meaning == Meaning::kRateLimited || meaning == Meaning::kOffline ||
         meaning == Meaning::kUnknown;
}

bool is_sound(const plugins::Candle& candle) {
  const Decimal least = std::min(candle.open, candle.close);
  const Decimal most = std::max(candle.open, candle.close);
  return candle.low.is_positive() && candle.low <= least && candle.high >= most &&
         !candle.volume.is_negative() && !candle.value.is_negative();
}

}  // namespace

// One answer: the periods from `covered.from` to `covered.to` are now known.
struct CandleFetch::Page {
  std::vector<Candle> candles;  // in order of time
  Range covered;
};

Result<FetchReport> CandleFetch::fetch(const Series& series, Range range, const Told& told) const {
  range.to = std::min(range.to, parts_.clock.now() - kSettled);
  auto coverage =
      coverage_of(parts_.pool, series, whole_periods(series, range), Deadline::after(kStoreBudget));
  if (!coverage) return coverage.error();
  FetchReport report;
  const std::int64_t wanted = periods_of(series, coverage->missing);
  // Newest first, as the exchange counts its pages.
  std::ranges::reverse(coverage->missing);
  for (const Range& missing : coverage->missing) {
    if (auto done = fetch_range(series, missing, wanted, told, report); !done) return done.error();
  }
  return report;
}

Result<void> CandleFetch::fetch_range(const Series& series, const Range& missing,
                                      std::int64_t wanted, const Told& told,
                                      FetchReport& report) const {
  Range left = missing;
  while (!left.empty()) {
    auto page = read_page(series, left);
    if (!page) return page.error();
    if (auto stored = store_page(series, *page); !stored) return stored;
    report.requests += 1;
    report.candles += static_cast<std::int64_t>(page->candles.size());
    report.periods += (page->covered.to - page->covered.from) / series.period();
    left.to = page->covered.from;
    if (told && !told(report.periods, wanted)) {
      return Error("CANDLES_STOPPED", "what was read is stored; the same fetch goes on from there",
                   series.name());
    }
  }
  return {};
}

Result<CandleFetch::Page> CandleFetch::read_page(const Series& series, const Range& missing) const {
  const Deadline give_up = Deadline::after(parts_.patience);
  const std::int64_t periods = (missing.to - missing.from) / series.period();
  for (;;) {
    const auto answer =
        parts_.gateway.read(plugins::ExchangeOp::kCandles,
                            {{"market", series.market},
                             {"timeframe_s", std::to_string(series.timeframe_s)},
                             {"to", missing.to.to_iso()},
                             {"count", std::to_string(std::min<std::int64_t>(periods, kPage))}},
                            net::RatePriority::kBackground);
    if (answer.ok()) {
      // A period that this machine takes for closed may still run at the exchange.
      const auto& date = answer.wire.response.date;
      if (date && Timestamp::from_seconds(date->time_since_epoch().count()) < missing.to) {
        return not_read(series, "this machine's clock is ahead of the exchange's");
      }
      return check_page(series, missing, answer.decoded.found.candles);
    }
    if (is_blocked(answer)) return keep_block(answer);
    if (answer.wire.answered() && answer.decoded.answer.meaning == Meaning::kNotFound) {
      return Error("MARKET_UNKNOWN", "the exchange does not know this market", series.market);
    }
    if (!may_pass(answer) || give_up.expired()) return not_read(series, why_of(answer));
    log_warn("candles_asked_again", {{"series", series.name()}, {"error", why_of(answer)}});
    std::this_thread::sleep_for(kTryAgain);
  }
}

// What comes is hostile until it is looked through. An empty answer means that there is nothing
// before.
Result<CandleFetch::Page> CandleFetch::check_page(
    const Series& series, const Range& missing, const std::vector<plugins::Candle>& answer) const {
  Page page;
  page.covered = missing;
  Timestamp before = missing.to;
  for (const plugins::Candle& candle : answer) {
    const std::string at = candle.open_time.to_iso();
    if (candle.market != series.market || candle.timeframe_s != series.timeframe_s) {
      return not_read(series, "candles of another market or length");
    }
    if (candle.open_time >= before) return not_read(series, "not newest first: " + at);
    if (trading::period_start(candle.open_time.ns(), series.timeframe_s) != candle.open_time.ns()) {
      return not_read(series, "not on the timeframe's grid: " + at);
    }
    if (!is_sound(candle)) return not_read(series, "prices that contradict each other: " + at);
    before = candle.open_time;
    if (candle.open_time < missing.from) break;
    page.candles.push_back(trading::make_candle(candle.open_time.ns(), series.timeframe_s,
                                                candle.open, candle.high, candle.low, candle.close,
                                                candle.volume, candle.value));
  }
  if (!answer.empty()) page.covered.from = std::max(missing.from, before);
  std::ranges::reverse(page.candles);
  return page;
}

Result<void> CandleFetch::store_page(const Series& series, const Page& page) const {
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kStoreBudget));
  if (!tx) return tx.error();
  auto put = put_candles(*tx, series, page.candles, "exchange", parts_.clock.now(),
                         Contradicted::kReplace);
  if (!put) return put.error();
  Timestamp at = page.covered.from;
  const auto silent_until = [&](Timestamp end) -> Result<void> {
    if (end <= at) return {};
    return trading::record_gap(
        *tx, {series.market, series.timeframe(), at, end, trading::GapCause::kNoTrade});
  };
  for (const Candle& candle : page.candles) {
    if (auto kept = silent_until(Timestamp::from_ns(candle.open_time)); !kept) return kept;
    at = Timestamp::from_ns(candle.close_time);
  }
  if (auto kept = silent_until(page.covered.to); !kept) return kept;
  // Whatever became of an undecided commit, a repetition asks for no more than is missing.
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  return {};
}

// The next process, and the daemon, must keep still as long as this one.
Error CandleFetch::keep_block(const trading::GatewayAnswer& answer) const {
  Error error("UPBIT_BLOCKED_418", why_of(answer));
  if (!answer.wire.answered()) return error;
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kStoreBudget));
  if (!tx) return error;
  const seconds named(answer.decoded.answer.blocked_s);
  auto until = trading::write_block(*tx, parts_.owner, net::RateSide::kQuotation, named,
                                    answer.wire.response.body);
  if (until && tx->commit().committed()) error.message += "; until " + until->to_iso();
  return error;
}

}  // namespace everbit::candles
