#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "upbit-sim/base/time.h"

namespace everbit::upbit_sim {

// What a key may do (reference §9).
enum class Scope { kViewAssets, kPlaceOrders, kViewOrders, kWithdraw };

std::string_view to_text(Scope scope);  // view-assets, place-orders, view-orders, withdraw
std::optional<Scope> parse_scope(std::string_view text);

struct ApiKey {
  std::string access_key;
  std::string secret_key;
  std::string account;
  std::set<Scope> scopes{Scope::kViewAssets, Scope::kPlaceOrders, Scope::kViewOrders};
  std::vector<std::string> allowed_ips;  // empty: any
  Millis expire_at = 0;

  bool may(Scope scope) const { return scopes.contains(scope); }
};

// The keys, and the nonces each of them has used. Nonces are remembered to a bound of 200,000 a
// key.
class KeyRing {
 public:
  void put(ApiKey key);  // replaces one of the same access key, keeping its nonces
  bool remove(std::string_view access_key);
  const ApiKey* find(std::string_view access_key) const;
  std::vector<const ApiKey*> of_account(std::string_view account) const;
  const std::map<std::string, ApiKey, std::less<>>& all() const { return keys_; }

  // False: this key has used it before.
  bool use_nonce(const std::string& access_key, const std::string& nonce);

 private:
  struct Nonces {
    std::set<std::string> seen;
    std::deque<std::string> order;
  };
  std::map<std::string, ApiKey, std::less<>> keys_;
  std::map<std::string, Nonces> nonces_;
};

}  // namespace everbit::upbit_sim
