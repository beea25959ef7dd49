#include "candles/csv_import.h"

#include "backtest/candle_csv.h"
#include "trading/market/gap_ledger.h"

namespace everbit::candles {
namespace {

constexpr std::size_t kBatch = 2'000;
// More than 38 years of minutes: whoever has more has another kind of file.
constexpr std::int64_t kMostRows = 20'000'000;
constexpr std::chrono::minutes kBudget{60};

// One import under way.
class Import {
 public:
  Import(store::Transaction& tx, const Series& series, std::string file,
         const ImportOptions& options, Timestamp now)
      : tx_(tx), series_(series), file_(std::move(file)), options_(options), now_(now) {}

  Result<void> add(const Candle& candle) {
    const Timestamp open = Timestamp::from_ns(candle.open_time);
    const Timestamp close = Timestamp::from_ns(candle.close_time);
    if (close > now_) return refuse(rows_, "candle_time_utc", "a candle that has not closed yet");
    if (rows_ == kMostRows) return refuse(rows_, "row", "more than 20,000,000 candles");
    if (rows_ == 0) report_.range.from = open;
    if (rows_ > 0 && options_.complete && report_.range.to < open) {
      if (auto kept = keep_silence({report_.range.to, open}); !kept) return kept;
    }
    report_.range.to = close;
    batch_.push_back(candle);
    ++rows_;
    return batch_.size() < kBatch ? Result<void>() : flush();
  }

  Result<void> flush() {
    auto put = put_candles(tx_, series_, batch_, "csv", now_, options_.contradicted);
    if (!put) return put.error().code == "CANDLES_DIFFER" ? with_line(put.error()) : put.error();
    report_.counts += *put;
    batch_.clear();
    return {};
  }

  std::int64_t rows() const { return rows_; }
  const ImportReport& report() const { return report_; }

 private:
  Result<void> keep_silence(Range silence) {
    ++report_.silences;
    return trading::record_gap(tx_, {series_.market, series_.timeframe(), silence.from, silence.to,
                                     trading::GapCause::kNoTrade});
  }

  // The header is line 1.
  Error refuse(std::int64_t row, std::string_view field, std::string_view why) const {
    return {
        "CANDLES_CSV",
        file_ + ":" + std::to_string(row + 2) + ": " + std::string(field) + ": " + std::string(why),
        "candles"};
  }

  // The store names the candle's time at the end of its text.
  Error with_line(Error error) const {
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (!error.message.ends_with(Timestamp::from_ns(batch_[i].open_time).to_iso())) continue;
      const std::int64_t row = rows_ - static_cast<std::int64_t>(batch_.size() - i);
      error.message = file_ + ":" + std::to_string(row + 2) + ": " + error.message;
      break;
    }
    return error;
  }

  store::Transaction& tx_;
  const Series& series_;
  const std::string file_;
  const ImportOptions& options_;
  const Timestamp now_;
  std::vector<Candle> batch_;
  std::int64_t rows_ = 0;
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_csv(store::Pool& pool, const Clock& clock, const Series& series,
                                const std::filesystem::path& file, const ImportOptions& options,
                                const std::function<void(double)>& told) {
  auto source = backtest::CsvCandleSource::open(file, {series.timeframe_s, Decimal::from_int(1)});
  if (!source) return source.error();
  auto tx = store::Transaction::begin(pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  Import import(*tx, series, file.filename().string(), options, clock.now());
  Candle candle{};
  for (;;) {
    const auto more = (*source)->next(candle);
    if (!more) return more.error();
    if (!*more) break;
    if (auto added = import.add(candle); !added) return added.error();
    if (told && import.rows() % static_cast<std::int64_t>(kBatch) == 0) told((*source)->progress());
  }
  if (auto flushed = import.flush(); !flushed) return flushed.error();
  if (options.complete) {
    auto ended = end_false_silences(*tx, series, import.report().range);
    if (!ended) return ended.error();
  }
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  if (told) told(1.0);
  return import.report();
}

}  // namespace everbit::candles
