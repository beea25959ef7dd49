#pragma once

#include <span>
#include <string_view>

#include "plugins/exchange/exchange_types.h"

// The examples of the reference, verbatim where it prints one, else built from its tables.
namespace everbit::test {

struct RestSample {
  std::string_view name;
  plugins::ExchangeOp op;
  int status;
  std::string_view body;
};

struct FrameSample {
  std::string_view name;
  plugins::Channel channel;
  std::string_view text;
};

extern const std::string_view kMarkets;
extern const std::string_view kCandles;
extern const std::string_view kTickers;
extern const std::string_view kOrderBook;
extern const std::string_view kInstruments;
extern const std::string_view kAccounts;
extern const std::string_view kChance;
extern const std::string_view kOrderCreated;
extern const std::string_view kOrderWithTrade;
extern const std::string_view kOrders;
extern const std::string_view kApiKeys;

extern const std::string_view kTickerFrame;
extern const std::string_view kTradeFrame;
extern const std::string_view kBookFrame;
extern const std::string_view kCandleFrame;
extern const std::string_view kOrderWaitFrame;
extern const std::string_view kOrderTradeFrame;
extern const std::string_view kAssetFrame;

std::span<const RestSample> rest_samples();
std::span<const FrameSample> frame_samples();

}  // namespace everbit::test
