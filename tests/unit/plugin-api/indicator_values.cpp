#include <cmath>
#include <cstdio>
#include <utility>

#include "indicators.hpp"

// Reads "high low close" a line and prints what every indicator says after it, nan before it is
// ready; for indicators_talib.py.
int main() {
  eb::Ema ema20(20), ema200(200);
  eb::Rsi rsi(14);
  eb::Atr atr(14);
  eb::Bollinger bands(20, 2);
  eb::Sma sma(20);
  eb::RollingHigh highest(20);
  eb::RollingLow lowest(20);
  eb::PivotLows pivots(3, 60);
  double high = 0, low = 0, close = 0;
  while (std::scanf("%lf %lf %lf", &high, &low, &close) == 3) {
    for (eb::Ema* ema : {&ema20, &ema200}) ema->push(close);
    rsi.push(close);
    atr.push(high, low, close);
    bands.push(close);
    sma.push(close);
    highest.push(high);
    lowest.push(low);
    pivots.push(low);
    const auto value = [](const auto& one) { return one.ready() ? one.value() : NAN; };
    const auto now = bands.ready() ? bands.bands() : eb::Bollinger::Bands{NAN, NAN, NAN};
    const auto two = pivots.latest_two().value_or(std::pair(-1, -1));
    std::printf("%.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %d %d\n", value(ema20),
                value(ema200), value(rsi), value(atr), now.down, now.middle, now.up, value(sma),
                value(highest), value(lowest), two.first, two.second);
  }
  return 0;
}
