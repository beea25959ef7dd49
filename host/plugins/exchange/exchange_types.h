#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/timestamp.h"
#include "everbit/ext/exchange.h"

// What the exchange says, as values of the host: nothing here borrows, everything may be kept and
// moved to another thread. The names follow everbit/ext/exchange.h, which tells the meaning of each
// field.
namespace everbit::plugins {

enum class ExchangeOp : std::int32_t {
  kMarkets = EB_OP_MARKETS,
  kCandles = EB_OP_CANDLES,
  kTicker = EB_OP_TICKER,
  kInstruments = EB_OP_INSTRUMENTS,
  kOrderBook = EB_OP_ORDER_BOOK,
  kAccounts = EB_OP_ACCOUNTS,
  kChance = EB_OP_CHANCE,
  kOrderCreate = EB_OP_ORDER_CREATE,
  kOrderTest = EB_OP_ORDER_TEST,
  kOrderGet = EB_OP_ORDER_GET,
  kOrdersOpen = EB_OP_ORDERS_OPEN,
  kOrdersClosed = EB_OP_ORDERS_CLOSED,
  kOrderCancel = EB_OP_ORDER_CANCEL,
  kApiKeys = EB_OP_API_KEYS,
  kWithdrawProbe = EB_OP_WITHDRAW_PROBE,
};

enum class Effect : std::int32_t {
  kRead = EB_EFFECT_READ,
  kCancel = EB_EFFECT_CANCEL,
  kCreate = EB_EFFECT_CREATE,
};

enum class LimitScope : std::int32_t {
  kQuotation = EB_SCOPE_QUOTATION,
  kExchange = EB_SCOPE_EXCHANGE,
};

enum class Meaning : std::int32_t {
  kOk = EB_ANSWER_OK,
  kRejected = EB_ANSWER_REJECTED,
  kDuplicateIdentifier = EB_ANSWER_DUPLICATE_IDENTIFIER,
  kAuth = EB_ANSWER_AUTH,
  kRateLimited = EB_ANSWER_RATE_LIMITED,
  kBlocked = EB_ANSWER_BLOCKED,
  kNotFound = EB_ANSWER_NOT_FOUND,
  kOffline = EB_ANSWER_OFFLINE,
  kUnknown = EB_ANSWER_UNKNOWN,
};

enum class Side : std::int32_t { kBuy = EB_SIDE_BUY, kSell = EB_SIDE_SELL };

enum class OrderType : std::int32_t {
  kOther = EB_ORDER_TYPE_OTHER,
  kLimit = EB_ORDER_TYPE_LIMIT,
  kPrice = EB_ORDER_TYPE_PRICE,
  kMarket = EB_ORDER_TYPE_MARKET,
  kBest = EB_ORDER_TYPE_BEST,
};

enum class TimeInForce : std::int32_t {
  kNone = EB_TIF_NONE,
  kIoc = EB_TIF_IOC,
  kFok = EB_TIF_FOK,
  kPostOnly = EB_TIF_POST_ONLY,
  kOther = EB_TIF_OTHER,
};

enum class OrderState : std::int32_t {
  kWait = EB_ORDER_WAIT,
  kWatch = EB_ORDER_WATCH,
  kTrade = EB_ORDER_TRADE,
  kDone = EB_ORDER_DONE,
  kCancel = EB_ORDER_CANCEL,
  kPrevented = EB_ORDER_PREVENTED,
};

enum class Channel : std::int32_t { kPublic = EB_CHANNEL_PUBLIC, kPrivate = EB_CHANNEL_PRIVATE };

struct Field {
  std::string name;
  std::string value;
  bool operator==(const Field&) const = default;
};

// Ready to be sent. The authorization header is a secret and good for one request only.
struct EncodedRequest {
  Effect effect = Effect::kRead;
  LimitScope scope = LimitScope::kQuotation;
  std::string group;  // rate-limit group
  std::string method;
  std::string target;
  std::vector<Field> headers;
  std::string body;
};

struct Answer {
  Meaning meaning = Meaning::kUnknown;
  std::string name;     // the exchange's error name
  std::string message;  // for people, never compared
  std::int64_t blocked_s = 0;
};

struct RateLeft {
  std::optional<std::int32_t>
      left;  // calls left in this second; nothing: the header was unreadable
  std::string group;
};

struct Order {
  std::string uuid;
  std::string identifier;
  std::string market;
  Side side = Side::kBuy;
  OrderType type = OrderType::kOther;
  TimeInForce time_in_force = TimeInForce::kNone;
  OrderState state = OrderState::kWait;
  std::optional<Decimal> price;
  std::optional<Decimal> volume;
  std::optional<Decimal> remaining_volume;
  std::optional<Decimal> executed_volume;
  std::optional<Decimal> executed_funds;
  std::optional<Decimal> avg_price;
  std::optional<Decimal> paid_fee;
  Decimal reserved_fee;
  Decimal remaining_fee;
  Decimal locked;
  std::int64_t trades_count = 0;
  Timestamp created_at;
  Timestamp ts;
};

struct Fill {
  std::string order_uuid;
  std::string trade_uuid;
  std::string identifier;
  std::string market;
  Side side = Side::kBuy;
  Decimal price;
  Decimal volume;
  Decimal funds;
  std::optional<Decimal> fee;
  std::optional<bool> maker;
  Timestamp trade_time;
};

struct Account {
  bool snapshot = false;  // part of a full reading; else one currency that changed
  std::string currency;
  Decimal balance;
  Decimal locked;
  Decimal avg_buy_price;
  Timestamp asset_ts;
};

struct Chance {
  std::string market;
  std::string state;
  Decimal bid_fee;
  Decimal ask_fee;
  Decimal min_total_bid;
  Decimal min_total_ask;
  Decimal max_total;
};

struct Candle {
  std::string market;
  std::int32_t timeframe_s = 0;
  Timestamp open_time;
  Timestamp last_trade;
  Decimal open;
  Decimal high;
  Decimal low;
  Decimal close;
  Decimal volume;
  Decimal value;
};

struct Market {
  std::string market;
  std::string korean_name;
  std::string english_name;
  bool warning = false;
};

struct Instrument {
  std::string market;
  Decimal tick_size;
};

struct ApiKey {
  std::string access_key;
  Timestamp expires_at;
};

struct Ticker {
  std::string market;
  Decimal price;
  Decimal traded_value_24h;
  Timestamp ts;
};

struct PublicTrade {
  std::string market;
  Decimal price;
  Decimal volume;
  Side taker_side = Side::kBuy;
  std::int64_t trade_id = 0;
  Timestamp ts;
};

struct BookTop {
  std::string market;
  Decimal bid_price;
  Decimal bid_size;
  Decimal ask_price;
  Decimal ask_size;
  Timestamp ts;
};

// Everything that an answer or a frame held.
struct Findings {
  std::vector<Order> orders;
  std::vector<Fill> fills;
  std::vector<Account> accounts;
  std::optional<Chance> chance;
  std::vector<Candle> candles;  // newest first
  std::vector<Market> markets;
  std::vector<Instrument> instruments;
  std::vector<ApiKey> api_keys;
  std::vector<Ticker> tickers;
  std::vector<PublicTrade> trades;
  std::vector<BookTop> book_tops;
};

// An answer to a call. Unless it means kOk, `found` is empty.
struct Decoded {
  Answer answer;
  std::optional<RateLeft> rate_left;  // nothing: no such header
  Findings found;
};

// A frame of a WebSocket; `error` is the exchange's own error message, and then `found` is empty.
struct DecodedFrame {
  std::optional<Answer> error;
  Findings found;
};

}  // namespace everbit::plugins
