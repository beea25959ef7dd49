#include "unit/exchange-upbit/samples.h"

#include <array>

namespace everbit::test {

const std::string_view kMarkets =
    R"([{"market":"KRW-BTC","korean_name":"비트코인","english_name":"Bitcoin",
  "market_event":{"warning":false,"caution":{"PRICE_FLUCTUATIONS":false,"TRADING_VOLUME_SOARING":false,
  "DEPOSIT_AMOUNT_SOARING":false,"GLOBAL_PRICE_DIFFERENCES":false,"CONCENTRATION_OF_SMALL_ACCOUNTS":false}}},
  {"market":"KRW-ETH","korean_name":"\uc774\ub354\ub9ac\uc6c0","english_name":"Ethereum",
  "market_event":{"warning":true,"caution":{}}}])";

const std::string_view kCandles =
    R"([{"market":"KRW-BTC","candle_date_time_utc":"2026-03-02T04:15:00","candle_date_time_kst":"2026-03-02T13:15:00",
  "opening_price":120000000,"high_price":120050000,"low_price":119990000,"trade_price":120031000,
  "timestamp":1772425199412,"candle_acc_trade_price":301245678.12345,"candle_acc_trade_volume":2.51034811,"unit":15}])";

const std::string_view kTickers =
    R"([{"market":"KRW-BTC","trade_date":"20260302","trade_time":"041607","trade_date_kst":"20260302",
  "trade_time_kst":"131607","trade_timestamp":1772424967336,"opening_price":119500000,"high_price":120100000,
  "low_price":119300000,"trade_price":120031000.0,"prev_closing_price":119500000,"change":"RISE",
  "change_price":531000,"change_rate":0.0044435146,"signed_change_price":531000,"signed_change_rate":0.0044435146,
  "trade_volume":0.00006043,"acc_trade_price":78039261076.51241000,"acc_trade_price_24h":1.2E11,
  "acc_trade_volume":650.1,"acc_trade_volume_24h":1000.5,"highest_52_week_price":150000000,
  "highest_52_week_date":"2025-10-09","lowest_52_week_price":90000000,"lowest_52_week_date":"2025-04-07",
  "timestamp":1772424967400}])";

const std::string_view kOrderBook =
    R"([{"market":"KRW-BTC","timestamp":1772424967400,"total_ask_size":10.37591054,"total_bid_size":9.49577219,
  "orderbook_units":[{"ask_price":120032000,"bid_price":120031000,"ask_size":0.0134662,"bid_size":0.04296774},
  {"ask_price":120033000,"bid_price":120030000,"ask_size":0.1,"bid_size":9.101e-05}],"level":0}])";

const std::string_view kInstruments =
    R"([{"market":"KRW-BTC","quote_currency":"KRW","tick_size":"1000","supported_levels":["0","10000","100000","1000000","10000000","100000000"]}])";

const std::string_view kAccounts =
    R"([{"currency":"KRW","balance":"985000.0","locked":"15007.5","avg_buy_price":"0","avg_buy_price_modified":true,"unit_currency":"KRW"},
 {"currency":"BTC","balance":"1386929.37231066771348207123","locked":"0.0","avg_buy_price":"118000000","avg_buy_price_modified":false,"unit_currency":"KRW"}])";

const std::string_view kChance =
    R"({"bid_fee":"0.0005","ask_fee":"0.0005","maker_bid_fee":"0.0005","maker_ask_fee":"0.0005",
  "market":{"id":"KRW-BTC","name":"BTC/KRW","order_types":["limit"],"order_sides":["ask","bid"],
  "bid_types":["best_fok","best_ioc","limit","limit_fok","limit_ioc","price"],
  "ask_types":["best_fok","best_ioc","limit","limit_fok","limit_ioc","market"],
  "bid":{"currency":"KRW","min_total":"5000"},"ask":{"currency":"BTC","price_unit":null,"min_total":5000},
  "max_total":"1000000000","state":"active"},
  "bid_account":{"currency":"KRW","balance":"985000.0","locked":"0","avg_buy_price":"0","avg_buy_price_modified":true,"unit_currency":"KRW"},
  "ask_account":{"currency":"BTC","balance":"0","locked":"0","avg_buy_price":"0","avg_buy_price_modified":false,"unit_currency":"KRW"}})";

const std::string_view kOrderCreated =
    R"({"market":"KRW-BTC","uuid":"cdd92199-2897-4e14-9448-f923320408ad","side":"bid","ord_type":"limit","price":"120000000",
 "state":"wait","created_at":"2026-03-02T13:16:07+09:00","volume":"0.0001","remaining_volume":"0.0001",
 "executed_volume":"0","reserved_fee":"6","remaining_fee":"6","paid_fee":"0","locked":"12006","trades_count":0,
 "identifier":"bot-000001","prevented_volume":"0","prevented_locked":"0"})";

const std::string_view kOrderWithTrade =
    R"({"market":"KRW-BTC","uuid":"3b67e543-8ad3-48d0-8451-0dad315cae73","side":"ask","ord_type":"market","state":"done",
 "created_at":"2026-03-02T13:20:00+09:00","volume":"0.001","remaining_volume":"0","executed_volume":"0.001",
 "reserved_fee":"0","remaining_fee":"0","paid_fee":"60.0155","locked":"0","prevented_volume":"0","prevented_locked":"0",
 "trades_count":1,"trades":[{"market":"KRW-BTC","uuid":"795dff29-bba6-49b2-baab-63473ab7931c","price":"120031000",
 "volume":"0.001","funds":"120031","trend":"down","created_at":"2026-03-02T13:20:00.597751+09:00","side":"ask"}]})";

const std::string_view kOrders =
    R"([{"market":"KRW-BTC","uuid":"u-1","side":"bid","ord_type":"price","price":"5000","state":"cancel",
 "created_at":"2026-03-02T13:16:07+09:00","volume":null,"executed_volume":"0.00004","reserved_fee":"2.5",
 "remaining_fee":"0.1","paid_fee":"2.4","locked":"0.1","trades_count":2,"time_in_force":null},
 {"market":"BTC-ETH","uuid":"u-2","side":"ask","ord_type":"best","state":"watch","executed_volume":"0",
 "time_in_force":"fok","smp_type":"none"}])";

const std::string_view kApiKeys =
    R"([{"access_key":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","expire_at":"2027-02-25T11:22:54+09:00"}])";

const std::string_view kTickerFrame =
    R"({"type":"ticker","code":"KRW-BTC","opening_price":119500000.0,"high_price":120100000.0,"low_price":119300000.0,
"trade_price":120031000.0,"prev_closing_price":119500000.0,"acc_trade_price":78039261076.51241000,"change":"RISE",
"change_price":531000.0,"signed_change_price":531000.0,"change_rate":0.0044435146,"signed_change_rate":0.0044435146,
"ask_bid":"ASK","trade_volume":0.00509799,"acc_trade_volume":650.12345678,"trade_date":"20260302","trade_time":"041607",
"trade_timestamp":1772424967336,"timestamp":1772424967390,"acc_ask_volume":300.1,"acc_bid_volume":350.02345678,
"highest_52_week_price":150000000.0,"highest_52_week_date":"2025-10-09","lowest_52_week_price":90000000.0,
"lowest_52_week_date":"2025-04-07","market_state":"ACTIVE","is_trading_suspended":false,"delisting_date":null,
"market_warning":"NONE","acc_trade_price_24h":120345678901.25,"acc_trade_volume_24h":1000.5,"stream_type":"REALTIME"})";

const std::string_view kTradeFrame =
    R"({"type":"trade","code":"KRW-BTC","timestamp":1772424967390,"trade_date":"2026-03-02","trade_time":"04:16:07",
 "trade_timestamp":1772424967336,"trade_price":120031000.0,"trade_volume":0.00509799,"ask_bid":"ASK",
 "prev_closing_price":119500000.0,"change":"RISE","change_price":531000.0,"sequential_id":17724249673360000,
 "best_ask_price":120032000,"best_ask_size":0.0099545,"best_bid_price":120031000,"best_bid_size":0.1583673,"stream_type":"REALTIME"})";

const std::string_view kBookFrame =
    R"({"type":"orderbook","code":"KRW-BTC","timestamp":1772424967400,"total_ask_size":10.37,"total_bid_size":9.49,
"orderbook_units":[{"ask_price":120032000.0,"bid_price":120031000.0,"ask_size":0.0134662,"bid_size":0.04296774}],
"stream_type":"SNAPSHOT","level":0})";

const std::string_view kCandleFrame =
    R"({"type":"candle.15m","code":"KRW-BTC","candle_date_time_utc":"2026-03-02T04:15:00",
"candle_date_time_kst":"2026-03-02T13:15:00","opening_price":120000000.0,"high_price":1.2005E8,"low_price":119990000,
"trade_price":120031000,"candle_acc_trade_volume":2.51034811,"candle_acc_trade_price":301245678.12345,
"timestamp":1772425199412,"stream_type":"REALTIME"})";

const std::string_view kOrderWaitFrame =
    R"({"type":"myOrder","code":"KRW-BTC","uuid":"ac2dc2a3-fce9-40a2-a4f6-5987c25c438f","ask_bid":"BID","order_type":"price",
"state":"wait","trade_uuid":null,"price":5000,"avg_price":0,"volume":null,"remaining_volume":null,"executed_volume":null,
"trades_count":0,"reserved_fee":2.5,"remaining_fee":2.5,"paid_fee":0,"locked":5002.5,"executed_funds":0,
"time_in_force":null,"trade_fee":null,"is_maker":null,"identifier":null,"smp_type":null,"prevented_volume":null,
"prevented_locked":0,"trade_timestamp":null,"order_timestamp":1762190961000,"timestamp":1762190961161,"stream_type":"REALTIME"})";

const std::string_view kOrderTradeFrame =
    R"({"type":"myOrder","code":"KRW-XRP","uuid":"ac2dc2a3-fce9-40a2-a4f6-5987c25c438f","ask_bid":"BID","order_type":"limit",
"state":"trade","trade_uuid":"68315169-fba4-4175-ade3-aff14a616657","price":0.001453,"avg_price":0.00145372,
"volume":30925891.29839369,"remaining_volume":29968038.09235948,"executed_volume":30925891.29839369,"trades_count":1,
"reserved_fee":44.23943970238218,"remaining_fee":21.77177967409916,"paid_fee":22.467660028283017,
"locked":43565.33112787242,"executed_funds":44935.32005656603,"time_in_force":null,"trade_fee":22.467660028283017,
"is_maker":true,"identifier":"eb-abc123-0190b8a0","smp_type":"cancel_maker","prevented_volume":1.174291929,
"prevented_locked":0.001706246173,"trade_timestamp":1710751590421,"order_timestamp":1710751590000,
"timestamp":1710751597500,"stream_type":"REALTIME"})";

const std::string_view kAssetFrame =
    R"({"type":"myAsset","asset_uuid":"e635f223-1609-4969-8fb6-4376937baad6","assets":[{"currency":"KRW",
"balance":1386929.37231066771348207123,"locked":10329.670127489598},{"currency":"BTC","balance":0.5,"locked":0}],
"asset_timestamp":1710146517259,"timestamp":1710146517267,"stream_type":"REALTIME"})";

std::span<const RestSample> rest_samples() {
  using Op = plugins::ExchangeOp;
  static constexpr std::string_view kError =
      R"({"error":{"name":"order_not_found","message":"주문을 찾지 못했습니다."}})";
  static const std::array kAll{
      RestSample{"markets", Op::kMarkets, 200, kMarkets},
      RestSample{"candles", Op::kCandles, 200, kCandles},
      RestSample{"tickers", Op::kTicker, 200, kTickers},
      RestSample{"order book", Op::kOrderBook, 200, kOrderBook},
      RestSample{"instruments", Op::kInstruments, 200, kInstruments},
      RestSample{"accounts", Op::kAccounts, 200, kAccounts},
      RestSample{"chance", Op::kChance, 200, kChance},
      RestSample{"created", Op::kOrderCreate, 201, kOrderCreated},
      RestSample{"test order", Op::kOrderTest, 201, kOrderCreated},
      RestSample{"order", Op::kOrderGet, 200, kOrderWithTrade},
      RestSample{"open", Op::kOrdersOpen, 200, kOrders},
      RestSample{"closed", Op::kOrdersClosed, 200, kOrders},
      RestSample{"cancel", Op::kOrderCancel, 200, kOrderCreated},
      RestSample{"api keys", Op::kApiKeys, 200, kApiKeys},
      RestSample{"error", Op::kOrderGet, 404, kError},
  };
  return kAll;
}

std::span<const FrameSample> frame_samples() {
  using plugins::Channel;
  static const std::array kAll{
      FrameSample{"ticker", Channel::kPublic, kTickerFrame},
      FrameSample{"trade", Channel::kPublic, kTradeFrame},
      FrameSample{"book", Channel::kPublic, kBookFrame},
      FrameSample{"candle", Channel::kPublic, kCandleFrame},
      FrameSample{"order wait", Channel::kPrivate, kOrderWaitFrame},
      FrameSample{"order trade", Channel::kPrivate, kOrderTradeFrame},
      FrameSample{"assets", Channel::kPrivate, kAssetFrame},
  };
  return kAll;
}

}  // namespace everbit::test
