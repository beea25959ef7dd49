#pragma once

#include <deque>
#include <functional>
#include <string>

#include "upbit-sim/auth/keys.h"
#include "upbit-sim/base/scheduler.h"
#include "upbit-sim/control/faults.h"
#include "upbit-sim/rest/endpoints.h"
#include "upbit-sim/rest/limiter.h"

namespace everbit::upbit_sim {

// A create-order as it arrived and what became of it; the ledger that tests compare a trader with.
struct CreateRecord {
  Millis time = 0;
  std::string access_key;
  std::string identifier;
  std::string body;
  int status = 0;         // of the answer made; 0: never handled
  std::string error;      // error.name of a refusal
  std::string uuid;       // of the order accepted
  bool answered = false;  // false: a fault kept the answer back or replaced it
};

// Every REST request on its way: fault, authentication, rate limit, scope, handler, fault. One
// thread.
class RestApi {
 public:
  // `monotonic` gives milliseconds that the exchange's clock does not bend; the limiter runs on it.
  RestApi(const Clock& clock, Scheduler& scheduler, MarketPlace& markets, Exchange& exchange,
          KeyRing& keys, RateLimiter& limiter, Faults& faults, std::function<Millis()> monotonic);

  void handle(HttpRequest request, Responder respond);
  const std::deque<CreateRecord>& creates() const { return creates_; }
  std::int64_t requests() const { return requests_; }

 private:
  struct Served {
    HttpResponse response;
    const ApiKey* key = nullptr;
  };
  void process(const HttpRequest& request, const Endpoint& endpoint, const Fault& fault,
               Responder respond);
  void answer(const HttpRequest& request, const Endpoint& endpoint, const Fault& fault,
              HttpResponse response, const Responder& respond);
  HttpResponse serve(const HttpRequest& request, const Endpoint& endpoint, const Spelling& spelling,
                     std::string& access_key);
  HttpResponse serve_quotation(const HttpRequest& request, const Endpoint& endpoint,
                               const Spelling& spelling);
  HttpResponse serve_exchange(const HttpRequest& request, const Endpoint& endpoint,
                              const Spelling& spelling, std::string& access_key);
  std::optional<HttpResponse> limited(Group group, const std::string& subject,
                                      std::string& remaining_header);
  void record(const HttpRequest& request, const std::string& access_key,
              const HttpResponse* response, bool answered);

  const Clock& clock_;
  Scheduler& scheduler_;
  Quotation quotation_;
  Exchange& exchange_;
  Trading trading_;
  KeyRing& keys_;
  RateLimiter& limiter_;
  Faults& faults_;
  std::function<Millis()> monotonic_;
  std::deque<CreateRecord> creates_;
  std::int64_t requests_ = 0;
};

// The texts whose hash a POST's token may carry; empty when the body has no fields.
std::vector<std::string> body_query_texts(const Json& body);

HttpResponse too_many_requests(Group group);
HttpResponse blocked(Millis blocked_for);

}  // namespace everbit::upbit_sim
