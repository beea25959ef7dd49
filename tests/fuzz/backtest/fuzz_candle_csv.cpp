// Any bytes as a file of candles, plain or gzip: read until its end or refused once; what is read
// is a candle on its grid, later than the one before.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "backtest/candle_csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kTimeframe = 900;
  const int file = ::memfd_create("candles", MFD_CLOEXEC);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  everbit::backtest::CsvOptions options;
  options.timeframe_s = kTimeframe;
  auto source =
      everbit::backtest::CsvCandleSource::open("/proc/self/fd/" + std::to_string(file), options);
  if (source) {
    std::int64_t last = -1;
    everbit::trading::Candle candle;
    auto more = (*source)->next(candle);
    for (; more && *more; more = (*source)->next(candle)) {
      const std::int64_t open = candle.open_time;
      if (open <= last || open % (kTimeframe * INT64_C(1'000'000'000)) != 0) std::abort();
      if (candle.high_f < candle.low_f || candle.volume_f < 0) std::abort();
      last = open;
    }
    if (!more && more.error().code != "CANDLES_CSV") std::abort();
  }
  ::close(file);
  return 0;
}
