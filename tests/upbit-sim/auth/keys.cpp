#include "upbit-sim/auth/keys.h"

#include <array>
#include <utility>

namespace everbit::upbit_sim {
namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 4> kScopes{
    {{Scope::kViewAssets, "view-assets"},
     {Scope::kPlaceOrders, "place-orders"},
     {Scope::kViewOrders, "view-orders"},
     {Scope::kWithdraw, "withdraw"}}};

constexpr std::size_t kMaxNonces = 200'000;

}  // namespace

std::string_view to_text(Scope scope) {
  for (const auto& [candidate, name] : kScopes) {
    if (candidate == scope) return name;
  }
  return {};
}

std::optional<Scope> parse_scope(std::string_view text) {
  for (const auto& [scope, name] : kScopes) {
    if (name == text) return scope;
  }
  return std::nullopt;
}

void KeyRing::put(ApiKey key) {
  std::string access_key = key.access_key;
  keys_.insert_or_assign(std::move(access_key), std::move(key));
}

bool KeyRing::remove(std::string_view access_key) {
  const auto found = keys_.find(access_key);
  if (found == keys_.end()) return false;
  keys_.erase(found);
  return true;
}

const ApiKey* KeyRing::find(std::string_view access_key) const {
  const auto found = keys_.find(access_key);
  return found == keys_.end() ? nullptr : &found->second;
}

std::vector<const ApiKey*> KeyRing::of_account(std::string_view account) const {
  std::vector<const ApiKey*> found;
  for (const auto& [access, key] : keys_) {
    if (key.account == account) found.push_back(&key);
  }
  return found;
}

bool KeyRing::use_nonce(const std::string& access_key, const std::string& nonce) {
  Nonces& nonces = nonces_[access_key];
  if (!nonces.seen.insert(nonce).second) return false;
  nonces.order.push_back(nonce);
  if (nonces.order.size() > kMaxNonces) {
    nonces.seen.erase(nonces.order.front());
    nonces.order.pop_front();
  }
  return true;
}

}  // namespace everbit::upbit_sim
