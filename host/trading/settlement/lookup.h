#pragma once

#include <string>
#include <vector>

#include "trading/gateway/exchange_gateway.h"
#include "trading/settlement/open_attempt.h"

namespace everbit::trading {

// What the exchange says about one of our identifiers.
struct Lookup {
  enum class Verdict {
    kFound,     // its order, with its fills
    kNotFound,  // 404 order_not_found, or in neither list
    kNothing,   // any other answer, or none: proves nothing
  };
  Verdict verdict = Verdict::kNothing;
  plugins::Order order;
  std::vector<plugins::Fill> fills;
  std::string detail;  // of kNothing, for the log
};

// Pure: what an answer to GET order by identifier says of the attempt.
Lookup judge_lookup(const GatewayAnswer& answer, const OpenAttempt& attempt);

// GET order by identifier for all of them at once; the answers in their order. Blocks until the
// last has ended, whole call and rate token included.
std::vector<Lookup> look_up(const ExchangeGateway& gateway,
                            const std::vector<OpenAttempt>& attempts);

// The open and the closed list of its market, searched for the identifier and for nothing else;
// what is found is read once more by its uuid, for the fills. kNotFound only if both were read
// whole.
Lookup look_in_lists(const ExchangeGateway& gateway, const OpenAttempt& attempt);

}  // namespace everbit::trading
