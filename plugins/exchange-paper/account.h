#pragma once

#include <map>
#include <string>
#include <string_view>

#include "eb.hpp"
#include "everbit/decimal.h"

namespace everbit::exchange_paper {

struct Balance {
  eb_dec free{0, 0};
  eb_dec locked{0, 0};
};

// The simulated money. No balance is ever below zero: what would make one so throws eb::Failure.
class Account {
 public:
  using Balances = std::map<std::string, Balance, std::less<>>;

  Balance of(std::string_view currency) const;
  const Balances& all() const { return balances_; }
  void set(const std::string& currency, Balance balance) { balances_[currency] = balance; }

  void receive(const std::string& currency, eb_dec amount);
  void lock(const std::string& currency, eb_dec amount);
  void unlock(const std::string& currency, eb_dec amount);
  void spend_locked(const std::string& currency, eb_dec amount);

 private:
  Balances balances_;
};

eb_dec plus(eb_dec a, eb_dec b);
// Throws eb::Failure when a < b.
eb_dec minus(eb_dec a, eb_dec b);

}  // namespace everbit::exchange_paper
