#pragma once

#include <functional>
#include <string>

#include "upbit-sim/auth/keys.h"
#include "upbit-sim/control/faults.h"
#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/market/market_place.h"
#include "upbit-sim/rest/rest_api.h"
#include "upbit-sim/ws/hub.h"

namespace everbit::upbit_sim {

// The control port: faults, the ledger, and a hand on market, clock, accounts and keys. HTTP and
// JSON on loopback; README.md lists the calls. An error is {"error":"…"} with 400 or 404. One
// thread.
class ControlApi {
 public:
  struct World {
    Clock& clock;
    MarketPlace& markets;
    Exchange& exchange;
    KeyRing& keys;
    RateLimiter& limiter;
    Faults& faults;
    RestApi& rest;
    StreamHub& streams;
    std::function<Millis()> monotonic;
  };

  explicit ControlApi(World world) : world_(std::move(world)) {}

  HttpResponse handle(const HttpRequest& request);

 private:
  using Handler = HttpResponse (ControlApi::*)(const std::string& name, const Json& body);
  struct Route {
    std::string_view method, path;  // a trailing '*' takes the rest of the path as `name`
    Handler handler;
  };
  static const std::vector<Route>& routes();

  HttpResponse health(const std::string& name, const Json& body);
  HttpResponse state(const std::string& name, const Json& body);
  HttpResponse ledger(const std::string& name, const Json& body);
  HttpResponse list_faults(const std::string& name, const Json& body);
  HttpResponse add_fault(const std::string& name, const Json& body);
  HttpResponse clear_faults(const std::string& name, const Json& body);
  HttpResponse remove_fault(const std::string& name, const Json& body);
  HttpResponse reset_sockets(const std::string& name, const Json& body);
  HttpResponse close_sockets(const std::string& name, const Json& body);
  HttpResponse mute_sockets(const std::string& name, const Json& body);
  HttpResponse send_to_sockets(const std::string& name, const Json& body);
  HttpResponse push_trades(const std::string& code, const Json& body);
  HttpResponse set_price(const std::string& code, const Json& body);
  HttpResponse set_book(const std::string& code, const Json& body);
  HttpResponse set_market(const std::string& code, const Json& body);
  HttpResponse set_balance(const std::string& account, const Json& body);
  HttpResponse put_key(const std::string& name, const Json& body);
  HttpResponse remove_key(const std::string& access_key, const Json& body);
  HttpResponse set_clock(const std::string& name, const Json& body);
  HttpResponse change_settings(const std::string& name, const Json& body);
  HttpResponse set_block(const std::string& name, const Json& body);
  HttpResponse clear_blocks(const std::string& name, const Json& body);

  World world_;
};

// Reads a key as the control port and --key-file write it; an error text when it cannot be one.
std::variant<ApiKey, std::string> read_key(const Json& body, Millis now);

}  // namespace everbit::upbit_sim
