/* eb.exchange/1, the plugin's side: a codec, driven by the host.
 *
 * The plugin turns a call into the bytes of a request and an answer into values. It opens no socket, is granted no
 * eb.http, keeps no state between calls and never decides to send: the host sends, retries READ only, and sends a
 * CREATE at most once. The same holds for WebSocket frames.
 */
#ifndef EVERBIT_EXT_EXCHANGE_H
#define EVERBIT_EXT_EXCHANGE_H

#include "everbit/event.h"

#define EB_EXT_EXCHANGE "eb.exchange/1"

/* Calls. The names in braces are the parameters, passed as fields in any order; those with ? may be left out. A
 * parameter that is unknown, missing, given twice or malformed is EB_ERR_ARGUMENT, and set_error names it. */
#define EB_OP_MARKETS 1         /* {} */
#define EB_OP_CANDLES 2         /* {market, timeframe_s, to?, count?}: to is exclusive, ISO-8601 */
#define EB_OP_TICKER 3          /* {markets}: comma separated */
#define EB_OP_INSTRUMENTS 4     /* {markets} */
#define EB_OP_ORDER_BOOK 5      /* {markets} */
#define EB_OP_ACCOUNTS 16       /* {} */
#define EB_OP_CHANCE 17         /* {market} */
#define EB_OP_ORDER_CREATE 18   /* exactly the keys of the body */
#define EB_OP_ORDER_TEST 19     /* likewise */
#define EB_OP_ORDER_GET 20      /* {uuid | identifier} */
#define EB_OP_ORDERS_OPEN 21    /* {market?, page?, limit?}: every order that locks money, waiting stop orders too */
#define EB_OP_ORDERS_CLOSED 22  /* {market?, start_time?, end_time?, limit?}: filled and cancelled ones */
#define EB_OP_ORDER_CANCEL 23   /* {uuid | identifier} */
#define EB_OP_API_KEYS 24       /* {} */
#define EB_OP_WITHDRAW_PROBE 25 /* {}: a withdrawal without any parameter, to learn that it is forbidden */

/* What a request does at the exchange. READ changes nothing there and may be repeated. */
#define EB_EFFECT_READ 1
#define EB_EFFECT_CANCEL 2
#define EB_EFFECT_CREATE 3

/* Whose limits and blocks a call falls under. */
#define EB_SCOPE_QUOTATION 1
#define EB_SCOPE_EXCHANGE 2

typedef struct eb_credentials {
  uint32_t size;
  uint32_t reserved0;
  eb_str access_key;
  eb_str secret_key;
} eb_credentials;

typedef struct eb_exchange_call {
  uint32_t size;
  int32_t op; /* EB_OP_* */
  uint32_t n_params;
  uint32_t reserved0;
  const eb_field* params;
  const eb_credentials* credentials; /* null for quotation calls */
  eb_str nonce;                      /* fresh for each call, made by the host; a UUID as text */
} eb_exchange_call;

typedef struct eb_exchange_request {
  uint32_t size;
  int32_t effect; /* EB_EFFECT_* */
  int32_t scope;  /* EB_SCOPE_* */
  uint32_t n_headers;
  eb_str group; /* rate-limit group of the reference */
  eb_str method;
  eb_str target;           /* path and query, encoded */
  const eb_field* headers; /* without Host and Content-Length; the authorization is a secret until it was used */
  eb_bytes body;
} eb_exchange_request;

typedef struct eb_exchange_answer {
  uint32_t size;
  int32_t op;
  int32_t http_status;
  uint32_t n_headers;
  const eb_field* headers; /* names in lower case */
  eb_bytes body;
} eb_exchange_answer;

/* What an answer means for the call. */
#define EB_ANSWER_OK 0
#define EB_ANSWER_REJECTED 1             /* refused for good, with a readable name */
#define EB_ANSWER_DUPLICATE_IDENTIFIER 2 /* an earlier send reached the exchange */
#define EB_ANSWER_AUTH 3                 /* key, token, address or permission */
#define EB_ANSWER_RATE_LIMITED 4         /* 429 */
#define EB_ANSWER_BLOCKED 5              /* 418 */
#define EB_ANSWER_NOT_FOUND 6            /* the exchange answered that there is no such order or market */
#define EB_ANSWER_OFFLINE 7              /* maintenance or overload guard: later it may work */
#define EB_ANSWER_UNKNOWN 8              /* 5xx, 3xx, unreadable, not the exchange's: says nothing about the call */

#define EB_ORDER_TYPE_OTHER 0 /* one that this plugin does not know; never of our own orders */
#define EB_ORDER_TYPE_LIMIT 1
#define EB_ORDER_TYPE_PRICE 2 /* market buy: price is the amount to spend */
#define EB_ORDER_TYPE_MARKET 3
#define EB_ORDER_TYPE_BEST 4

#define EB_TIF_NONE 0
#define EB_TIF_IOC 1
#define EB_TIF_FOK 2
#define EB_TIF_POST_ONLY 3
#define EB_TIF_OTHER 4

#define EB_ORDER_WAIT 1
#define EB_ORDER_WATCH 2
#define EB_ORDER_TRADE 3 /* WebSocket: one fill happened */
#define EB_ORDER_DONE 4
#define EB_ORDER_CANCEL 5
#define EB_ORDER_PREVENTED 6 /* WebSocket: self-match prevention took a part */

/* Which decimals of an eb_order the exchange has told. */
#define EB_ORDER_HAS_PRICE 1u
#define EB_ORDER_HAS_VOLUME 2u
#define EB_ORDER_HAS_REMAINING 4u
#define EB_ORDER_HAS_FUNDS 8u
#define EB_ORDER_HAS_AVG_PRICE 16u
#define EB_ORDER_HAS_EXECUTED 32u
#define EB_ORDER_HAS_PAID_FEE 64u

/* A decimal that was not told is 0. In state TRADE the exchange's price and volume are those of the fill: they are in
 * the eb_fill beside it, and neither HAS_PRICE nor HAS_VOLUME is set. */
typedef struct eb_order {
  uint32_t size;
  uint32_t flags; /* EB_ORDER_HAS_* */
  eb_str uuid;
  eb_str identifier; /* empty if there is none */
  eb_str market;
  int32_t side;
  int32_t order_type;
  int32_t time_in_force;
  int32_t state;
  eb_dec price;
  eb_dec volume;
  eb_dec remaining_volume;
  eb_dec executed_volume;
  eb_dec executed_funds;
  eb_dec avg_price; /* executed_funds / executed_volume; what the exchange calls average may hold fees */
  eb_dec reserved_fee;
  eb_dec remaining_fee;
  eb_dec paid_fee;
  eb_dec locked;
  int64_t trades_count;
  eb_ts created_at; /* 0 if not told */
  eb_ts ts;         /* of the message; created_at in REST answers */
} eb_order;

#define EB_FILL_HAS_FEE 1u
#define EB_FILL_HAS_MAKER 2u
#define EB_FILL_IS_MAKER 4u

typedef struct eb_fill {
  uint32_t size;
  uint32_t flags; /* EB_FILL_* */
  eb_str order_uuid;
  eb_str trade_uuid;
  eb_str identifier; /* of the order; empty if not told */
  eb_str market;
  int32_t side;
  uint32_t reserved0;
  eb_dec price;
  eb_dec volume;
  eb_dec funds; /* price * volume as the exchange reckons it */
  eb_dec fee;
  eb_ts trade_time;
} eb_fill;

#define EB_ACCOUNT_SNAPSHOT 1u /* part of a full reading (REST); else one currency that changed */

typedef struct eb_account {
  uint32_t size;
  uint32_t flags; /* EB_ACCOUNT_* */
  eb_str currency;
  eb_dec balance; /* available */
  eb_dec locked;
  eb_dec avg_buy_price;
  eb_ts asset_ts; /* 0 in REST answers */
} eb_account;

typedef struct eb_chance {
  uint32_t size;
  uint32_t reserved0;
  eb_str market;
  eb_str state;
  eb_dec bid_fee;
  eb_dec ask_fee;
  eb_dec min_total_bid;
  eb_dec min_total_ask;
  eb_dec max_total;
} eb_chance;

typedef struct eb_market {
  uint32_t size;
  uint32_t warning; /* 1: the exchange warns of it */
  eb_str market;
  eb_str korean_name;
  eb_str english_name;
} eb_market;

typedef struct eb_instrument {
  uint32_t size;
  uint32_t reserved0;
  eb_str market;
  eb_dec tick_size;
} eb_instrument;

typedef struct eb_api_key {
  uint32_t size;
  uint32_t reserved0;
  eb_str access_key;
  eb_ts expires_at;
} eb_api_key;

/* A candle of the exchange, perhaps one that is still open; last_trade is when its last trade was stored. */
typedef struct eb_exchange_candle {
  uint32_t size;
  int32_t timeframe_s;
  eb_str market;
  eb_ts open_time;
  eb_ts last_trade;
  eb_dec open;
  eb_dec high;
  eb_dec low;
  eb_dec close;
  eb_dec volume;
  eb_dec value;
} eb_exchange_candle;

typedef struct eb_answer {
  uint32_t size;
  int32_t meaning;   /* EB_ANSWER_* */
  eb_str name;       /* the exchange's error name; empty if none was readable */
  eb_str message;    /* for people, never matched */
  int64_t blocked_s; /* BLOCKED: seconds that the exchange named, 0 if none */
} eb_answer;

/* What the rate-limit header told. */
typedef struct eb_rate_left {
  uint32_t size;
  int32_t left; /* calls left in this second; -1: unreadable */
  eb_str group; /* as the exchange spells it */
} eb_rate_left;

/* Takes what a decode found. Any function may be null: nobody asks. */
typedef struct eb_exchange_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [any] exactly once in a decode, and last; in a ws_decode only for an error message of the exchange */
  eb_status (*answer)(void* ctx_host, const eb_answer* answer);
  /* [any] at most once */
  eb_status (*rate_left)(void* ctx_host, const eb_rate_left* left);
  /* [any] */
  eb_status (*account)(void* ctx_host, const eb_account* account);
  /* [any] */
  eb_status (*chance)(void* ctx_host, const eb_chance* chance);
  /* [any] */
  eb_status (*order)(void* ctx_host, const eb_order* order);
  /* [any] */
  eb_status (*fill)(void* ctx_host, const eb_fill* fill);
  /* [any] newest first, as the exchange sends them */
  eb_status (*candle)(void* ctx_host, const eb_exchange_candle* candle);
  /* [any] */
  eb_status (*market)(void* ctx_host, const eb_market* market);
  /* [any] */
  eb_status (*instrument)(void* ctx_host, const eb_instrument* instrument);
  /* [any] */
  eb_status (*api_key)(void* ctx_host, const eb_api_key* key);
  /* [any] */
  eb_status (*tick)(void* ctx_host, const eb_tick* tick);
  /* [any] */
  eb_status (*trade)(void* ctx_host, const eb_trade* trade);
  /* [any] a price of 0: nobody stands on that side */
  eb_status (*book_top)(void* ctx_host, const eb_book_top* top);
} eb_exchange_sink;

/* The encoded request, borrowed for the call. */
typedef struct eb_request_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [any] exactly once in a successful encode */
  eb_status (*request)(void* ctx_host, const eb_exchange_request* request);
} eb_request_sink;

#define EB_CHANNEL_PUBLIC 1
#define EB_CHANNEL_PRIVATE 2

#define EB_STREAM_TICKER 1u
#define EB_STREAM_TRADE 2u
#define EB_STREAM_BOOK 4u
#define EB_STREAM_CANDLE 8u
#define EB_STREAM_ORDER 16u
#define EB_STREAM_ASSET 32u

/* The handshake of a WebSocket connection. */
typedef struct eb_ws_handshake {
  uint32_t size;
  uint32_t n_headers;
  eb_str target; /* path */
  const eb_field* headers;
} eb_ws_handshake;

typedef struct eb_ws_handshake_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [any] exactly once in a successful ws_open */
  eb_status (*handshake)(void* ctx_host, const eb_ws_handshake* handshake);
} eb_ws_handshake_sink;

typedef struct eb_ws_subscription {
  uint32_t size;
  uint32_t streams; /* EB_STREAM_*: the full set, it replaces the former one */
  uint32_t n_markets;
  int32_t timeframe_s; /* of EB_STREAM_CANDLE */
  const eb_str* markets;
  eb_str ticket; /* unique text, made by the host */
} eb_ws_subscription;

typedef struct eb_exchange_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [any] pure: the same call gives the same bytes */
  eb_status (*encode)(void* self_plug, const eb_exchange_call* call, const eb_request_sink* sink);
  /* [any] pure; an answer that cannot be read is EB_ANSWER_UNKNOWN with EB_OK, never half a result before it */
  eb_status (*decode)(void* self_plug, const eb_exchange_answer* answer, const eb_exchange_sink* sink);
  /* [any] credentials are null on the public channel */
  eb_status (*ws_open)(void* self_plug, int32_t channel, const eb_credentials* credentials, eb_str nonce,
                       const eb_ws_handshake_sink* sink);
  /* [any] writes one text frame */
  eb_status (*ws_subscribe)(void* self_plug, int32_t channel, const eb_ws_subscription* subscription,
                            const eb_sink* frame);
  /* [any] one frame; a broken one is an error status and nothing reaches the sink; an error message of the exchange
   * is an answer; a keep-alive is EB_OK with nothing */
  eb_status (*ws_decode)(void* self_plug, int32_t channel, eb_bytes frame, const eb_exchange_sink* sink);
  /* [any] the price nearest to price that an order may name, not above it (BUY) or not below it (SELL) */
  eb_status (*round_price)(void* self_plug, eb_str market, int32_t side, eb_dec price, eb_dec* rounded);
} eb_exchange_v1;

#endif
