#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "upbit-sim/base/decimal.h"

namespace everbit::upbit_sim {

struct Balance {
  Decimal available;  // the wire's `balance`
  Decimal locked;
  Decimal avg_buy_price;
  Decimal total() const { return available + locked; }
};

// One member: what he holds and which identifiers he has used, for ever. Amounts never go below
// zero: who locks or spends has checked before, and a mistake throws std::logic_error. One thread.
class Account {
 public:
  Account(std::string name, std::string uuid) : name_(std::move(name)), uuid_(std::move(uuid)) {}

  const std::string& name() const { return name_; }
  const std::string& uuid() const { return uuid_; }  // myAsset's asset_uuid
  Balance balance(std::string_view currency) const;
  const std::map<std::string, Balance, std::less<>>& balances() const { return balances_; }

  void set_balance(const std::string& currency, const Decimal& available);
  void lock(const std::string& currency, const Decimal& amount);
  void unlock(const std::string& currency, const Decimal& amount);
  void spend_locked(const std::string& currency, const Decimal& amount);
  void receive(const std::string& currency, const Decimal& amount);
  // A bought coin: moves the average buy price by what was paid for it.
  void receive_bought(const std::string& currency, const Decimal& volume, const Decimal& funds);

  bool identifier_used(const std::string& identifier) const { return burned_.contains(identifier); }
  void burn_identifier(const std::string& identifier) { burned_.insert(identifier); }

 private:
  void settle(const std::string& currency);

  std::string name_;
  std::string uuid_;
  std::map<std::string, Balance, std::less<>> balances_;
  std::set<std::string> burned_;
};

}  // namespace everbit::upbit_sim
