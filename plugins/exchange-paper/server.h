#pragma once

#include <string>
#include <string_view>

#include "exchange-paper/exchange.h"
#include "exchange-upbit/scratch.h"

namespace everbit::exchange_paper {

struct Answer {
  int status = 200;
  std::string_view group = "default";  // of Upbit's rate limits
  std::string body;
};

// Reads a request that Upbit's codec made for the account, and answers it as Upbit would. What is
// no such request throws eb::Failure(EB_ERR_ARGUMENT).
class Server {
 public:
  Server(const eb::DecimalMath& math, const eb_decimal_v1& decimal, Exchange& exchange)
      : math_(math), decimal_(decimal), exchange_(exchange) {}

  struct Request {
    std::string_view method;
    std::string_view target;
    std::string_view body;
    eb_ts now = 0;
  };
  Answer serve(const Request& request, exchange_upbit::Scratch& scratch, Listener& listener);

 private:
  class Query;

  Order read_order(std::string_view body, exchange_upbit::Scratch& scratch) const;
  void check_grid(const Order& order) const;
  std::string one(const Query& query) const;
  std::string open_orders(const Query& query) const;
  std::string closed_orders(const Query& query) const;

  const eb::DecimalMath& math_;
  const eb_decimal_v1& decimal_;
  Exchange& exchange_;
};

}  // namespace everbit::exchange_paper
