#include "exchange-paper/account.h"

namespace everbit::exchange_paper {

eb_dec plus(eb_dec a, eb_dec b) {
  eb_dec sum{0, 0};
  eb::check(eb_dec_add(a, b, &sum), "a balance out of range");
  return sum;
}

eb_dec minus(eb_dec a, eb_dec b) {
  eb_dec difference{0, 0};
  eb::check(eb_dec_sub(a, b, &difference), "a balance out of range");
  if (eb_dec_sign(difference) < 0) throw eb::Failure(EB_ERR_INTERNAL, "a balance below zero");
  return difference;
}

Balance Account::of(std::string_view currency) const {
  const auto found = balances_.find(currency);
  return found == balances_.end() ? Balance{} : found->second;
}

void Account::receive(const std::string& currency, eb_dec amount) {
  Balance& balance = balances_[currency];
  balance.free = plus(balance.free, amount);
}

void Account::lock(const std::string& currency, eb_dec amount) {
  Balance& balance = balances_[currency];
  balance.free = minus(balance.free, amount);
  balance.locked = plus(balance.locked, amount);
}

void Account::unlock(const std::string& currency, eb_dec amount) {
  Balance& balance = balances_[currency];
  balance.locked = minus(balance.locked, amount);
  balance.free = plus(balance.free, amount);
}

void Account::spend_locked(const std::string& currency, eb_dec amount) {
  Balance& balance = balances_[currency];
  balance.locked = minus(balance.locked, amount);
}

}  // namespace everbit::exchange_paper
