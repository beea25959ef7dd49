#include "backtest/run_probe.h"

#include <bit>

namespace everbit::backtest {
namespace {

class Text {
 public:
  Text& add(std::string_view text) {
    out_.append(text).push_back('|');
    return *this;
  }
  Text& add(std::int64_t number) { return add(std::to_string(number)); }
  Text& add(Decimal number) { return add(number.to_string()); }
  Text& add_bits(double number) {
    return add(std::to_string(std::bit_cast<std::uint64_t>(number)));
  }
  Text& add(const std::vector<std::int32_t>& numbers) {
    for (const std::int32_t number : numbers) add(std::int64_t{number});
    return add(";");
  }
  Text& add(const std::vector<std::pair<std::string, double>>& numbers) {
    for (const auto& [key, value] : numbers) add(key).add_bits(value);
    return add(";");
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace

std::string bytes_of(const plugins::Decision& d) {
  Text text;
  text.add(std::int64_t{d.action}).add(std::int64_t{d.intent});
  text.add(d.refused ? "refused" : "").add(d.all ? "all" : "");
  text.add(d.reasons).add(d.refused_reasons).add(d.state).add(d.regime).add(d.entry_regime);
  text.add_bits(d.strength).add(d.amount).add(d.min_amount).add(d.volume);
  text.add(std::int64_t{d.max_open_markets}).add(d.figures).add(d.origin);
  if (d.plan) {
    text.add(std::int64_t{d.plan->flags}).add(d.plan->stop).add(d.plan->stop_distance);
    text.add(d.plan->trail_top).add(d.plan->own);
  }
  return text.take();
}

}  // namespace everbit::backtest
