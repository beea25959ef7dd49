#include "upbit-sim/exchange/account.h"

#include <stdexcept>

namespace everbit::upbit_sim {

Balance Account::balance(std::string_view currency) const {
  const auto found = balances_.find(currency);
  return found == balances_.end() ? Balance{} : found->second;
}

// Checks the invariant, and forgets a coin that is sold out: the exchange lists only what is held.
void Account::settle(const std::string& currency) {
  const Balance& balance = balances_[currency];
  if (balance.available.is_negative() || balance.locked.is_negative()) {
    throw std::logic_error("balance of " + currency + " fell below zero in account " + name_);
  }
  if (balance.total().is_zero() && currency != "KRW") balances_.erase(currency);
}

void Account::set_balance(const std::string& currency, const Decimal& available) {
  balances_[currency].available = available;
  settle(currency);
}

void Account::lock(const std::string& currency, const Decimal& amount) {
  balances_[currency].available -= amount;
  balances_[currency].locked += amount;
  settle(currency);
}

void Account::unlock(const std::string& currency, const Decimal& amount) {
  balances_[currency].locked -= amount;
  balances_[currency].available += amount;
  settle(currency);
}

void Account::spend_locked(const std::string& currency, const Decimal& amount) {
  balances_[currency].locked -= amount;
  settle(currency);
}

void Account::receive(const std::string& currency, const Decimal& amount) {
  balances_[currency].available += amount;
  settle(currency);
}

void Account::receive_bought(const std::string& currency, const Decimal& volume,
                             const Decimal& funds) {
  Balance& balance = balances_[currency];
  const Decimal paid = balance.avg_buy_price * balance.total() + funds;
  balance.available += volume;
  balance.avg_buy_price = paid.divided_by(balance.total()).floor_to(8);
}

}  // namespace everbit::upbit_sim
