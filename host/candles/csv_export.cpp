#include "candles/csv_export.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <string>

#include "base/abi_decimal.h"

namespace everbit::candles {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 5'000;
constexpr std::chrono::seconds kReadBudget{30};

constexpr store::Sql kAnyValue{R"sql(
  SELECT EXISTS (SELECT FROM candle_cache
                 WHERE market = $1 AND timeframe = $2 AND candle_time >= $3 AND candle_time < $4
                   AND value IS NOT NULL))sql"};

Error not_written(const fs::path& file) {
  return {"FILE_WRITE", "cannot be written", file.string()};
}

// A file that stands under its name only once it is whole, or standard output.
class Output {
 public:
  explicit Output(fs::path file) : file_(std::move(file)) {
    if (file_ == "-") {
      gz_ = gzdopen(::dup(STDOUT_FILENO), "wT");
      return;
    }
    part_ = file_.string() + ".part";
    const int fd = ::open(part_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    if (fd >= 0) gz_ = gzdopen(fd, file_.extension() == ".gz" ? "wb6" : "wT");
  }
  ~Output() {
    if (gz_ != nullptr) gzclose(gz_);
    if (!part_.empty()) ::unlink(part_.c_str());
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  Result<void> write(const std::string& text) {
    if (gz_ == nullptr) return not_written(file_);
    if (text.empty()) return {};
    const int written = gzwrite(gz_, text.data(), static_cast<unsigned>(text.size()));
    if (written != static_cast<int>(text.size())) return not_written(file_);
    return {};
  }

  Result<void> finish() {
    const int closed = gzclose(gz_);
    gz_ = nullptr;
    if (closed != Z_OK) return not_written(file_);
    if (part_.empty()) return {};
    if (std::rename(part_.c_str(), file_.c_str()) != 0) return not_written(file_);
    part_.clear();
    return {};
  }

 private:
  fs::path file_;
  std::string part_;
  gzFile gz_ = nullptr;
};

void append_row(std::string& text, const Candle& candle, bool with_value) {
  text += Timestamp::from_ns(candle.open_time).to_iso();
  for (const eb_dec number : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
    text += ',';
    text += from_abi(number).value().to_string();
  }
  if (with_value) {
    text += ',';
    if ((candle.flags & EB_CANDLE_VALUE_KNOWN) != 0) {
      text += from_abi(candle.value).value().to_string();
    }
  }
  text += '\n';
}

}  // namespace

Result<std::int64_t> export_csv(store::Pool& pool, const Series& series, Range range,
                                const fs::path& file) {
  auto any = pool.exec(Deadline::after(kReadBudget), kAnyValue, series.market, series.timeframe(),
                       range.from, range.to);
  if (!any) return any.error();
  const bool with_value = any->front().get<bool>(0);
  std::string text = "candle_time_utc,open,high,low,close,volume";
  text += with_value ? ",value\n" : "\n";
  std::optional<Output> output;
  std::int64_t rows = 0;
  for (;;) {
    const auto page = read_candles(pool, series, range, kPage, Deadline::after(kReadBudget));
    if (!page) return page.error();
    if (page->empty() && rows == 0) {
      return Error("CANDLES_NONE", "no candle is stored in that range", series.name());
    }
    for (const Candle& candle : *page) append_row(text, candle, with_value);
    if (!output) output.emplace(file);
    if (auto written = output->write(text); !written) return written.error();
    text.clear();
    rows += static_cast<std::int64_t>(page->size());
    if (page->size() < kPage) break;
    range.from = Timestamp::from_ns(page->back().close_time);
  }
  if (auto done = output->finish(); !done) return done.error();
  return rows;
}

}  // namespace everbit::candles
