#pragma once

namespace everbit::upbit_sim {

inline constexpr const char* kHelpHead =
    R"(upbit-sim - a simulator of the Upbit exchange for tests and for trying things out

  upbit-sim --scenario demo --seed 7
  upbit-sim --replay KRW-BTC=btc-1m.csv.gz KRW-ETH=eth-1m.csv.gz --speed 10

It serves Upbit's REST API (/v1/...) and both WebSockets (/websocket/v1, /websocket/v1/private) on one
port and a control API on another. It keeps accounts and an order book, matches orders, charges fees,
checks keys and tokens, counts requests, and misbehaves when told to. When it is ready it prints

  listening rest=http://127.0.0.1:41001 control=http://127.0.0.1:41002

Money is exact. Nothing is stored: a new start is a new exchange.
)";

inline constexpr const char* kHelpTail = R"(
The control API (HTTP and JSON, loopback only; README.md has all fields):
  GET  /health                       {"ok":true,...}
  GET  /state                        markets, sockets, counters
  GET  /ledger                       accounts, orders with fills, every create-order request
  POST /faults   {"on":"rest","method":"POST","path":"/v1/orders","count":1,"action":"cut_after"}
  GET  /faults    DELETE /faults     DELETE /faults/ID
                 REST actions: cut_before cut_after hang_before hang_after respond respond_after
                               truncate cut_within delay (with delay_before_ms,
                               delay_within_ms, delay_after_ms, status, headers, body, error,
                               seconds, numbers, nulls)
                 WS actions:   drop delay duplicate differ reorder reset close malformed huge wrong_type
                               (with type, state, market)
  POST /ws/reset {"which":"private"}    /ws/close {"code":1001}    /ws/mute {}    /ws/send {"text":"..."}
  POST /price/KRW-BTC   {"price":"150000000"}
  POST /trades/KRW-BTC  {"trades":[{"price":"150000000","volume":"0.1","side":"ask"}]}
  POST /book/KRW-BTC    {"asks":[["150001000","0.5"]],"bids":[["150000000","0.5"]]} or {"unpin":true}
  POST /market/KRW-BTC  {"online":false,"paused":true}
  POST /balance/main    {"currency":"KRW","balance":"1000000"}
  POST /keys {"access_key":"..","secret_key":"..","account":"main","scopes":["view-assets"]}
  DELETE /keys/ACCESS_KEY
  POST /clock {"hold":true} {"hold":false} {"advance_ms":60000}
  POST /settings {"matching_delay_ms":[0,0],"rate_limits":false,"limits":{"order":8}}
  POST /block {"kind":"exchange","seconds":30}     DELETE /block

Exit status: 0 after SIGTERM or SIGINT, 1 when it cannot start, 2 for a mistake on the command line.
)";

}  // namespace everbit::upbit_sim
