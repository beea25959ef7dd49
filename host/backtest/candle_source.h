#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/result.h"
#include "trading/market/candle.h"

namespace everbit::backtest {

using trading::Candle;

// One market's real candles in order of time. One thread.
class CandleSource {
 public:
  virtual ~CandleSource() = default;
  // False at the end. An error ends the source.
  virtual Result<bool> next(Candle& out) = 0;
  // How much has been read, 0 to 1.
  virtual double progress() const = 0;
};

// Candles that several runs share; they are read only.
using SharedCandles = std::shared_ptr<const std::vector<Candle>>;

class SharedCandleSource final : public CandleSource {
 public:
  explicit SharedCandleSource(SharedCandles candles)
      : candles_(std::move(candles)), next_(candles_->begin()) {}

  Result<bool> next(Candle& out) override {
    if (next_ == candles_->end()) return false;
    out = *next_++;
    return true;
  }
  double progress() const override {
    return candles_->empty() ? 1.0
                             : static_cast<double>(next_ - candles_->begin()) /
                                   static_cast<double>(candles_->size());
  }

 private:
  SharedCandles candles_;
  std::vector<Candle>::const_iterator next_;
};

// Candles that are in memory already.
class MemoryCandleSource final : public CandleSource {
 public:
  explicit MemoryCandleSource(std::vector<Candle> candles) : candles_(std::move(candles)) {}
  // Reads another source to its end.
  static Result<std::vector<Candle>> read_all(CandleSource& source);

  Result<bool> next(Candle& out) override {
    if (position_ == candles_.size()) return false;
    out = candles_[position_++];
    return true;
  }
  double progress() const override {
    return candles_.empty() ? 1.0
                            : static_cast<double>(position_) / static_cast<double>(candles_.size());
  }

 private:
  std::vector<Candle> candles_;
  std::size_t position_ = 0;
};

}  // namespace everbit::backtest
