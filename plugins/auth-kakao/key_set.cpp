#include "auth-kakao/key_set.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "auth-kakao/json.h"
#include "auth-kakao/text.h"

namespace everbit::auth_kakao {
namespace {

constexpr eb_ts kSecond = 1'000'000'000;
constexpr eb_ts kBetweenReads = 60 * kSecond;
constexpr eb_ts kLife = 24 * 3600 * kSecond;
constexpr std::size_t kMostKeys = 16;
constexpr int kLeastBits = 2048;
constexpr int kMostBits = 8192;

template <auto F>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    F(thing);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

Number number_of(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->empty() || bytes->size() > kMostBits / 8) return nullptr;
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()),
                          static_cast<int>(bytes->size()), nullptr));
}

std::string_view text_of(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  return object.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Key rsa_key(std::string_view modulus, std::string_view exponent) {
  const Number n = number_of(modulus);
  const Number e = number_of(exponent);
  if (!n || !e || BN_num_bits(n.get()) < kLeastBits || BN_num_bits(n.get()) > kMostBits ||
      !BN_is_odd(e.get()) || BN_is_one(e.get())) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> build(OSSL_PARAM_BLD_new());
  if (!build || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> params(
      OSSL_PARAM_BLD_to_param(build.get()));
  const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

EVP_PKEY* KeySet::find(std::string_view kid) const {
  const auto at = std::find_if(keys_.begin(), keys_.end(),
                               [&](const Entry& entry) { return entry.kid == kid; });
  return at == keys_.end() ? nullptr : at->key.get();
}

bool KeySet::may_read(eb_ts now) const { return read_at_ == 0 || now - read_at_ >= kBetweenReads; }

bool KeySet::is_old(eb_ts now) const { return now - known_since_ >= kLife; }

bool KeySet::replace(std::string_view document, eb_ts now) {
  const auto json = JsonObject::parse(document);
  simdjson::dom::array items;
  if (!json || json->at("keys").get(items) != simdjson::SUCCESS) return false;
  std::vector<Entry> keys;
  for (const auto item : items) {
    simdjson::dom::object object;
    if (item.get(object) != simdjson::SUCCESS || !has_distinct_names(object)) continue;
    const std::string_view kid = text_of(object, "kid");
    const std::string_view use = text_of(object, "use");
    const std::string_view algorithm = text_of(object, "alg");
    if (kid.empty() || text_of(object, "kty") != "RSA" || (!use.empty() && use != "sig") ||
        (!algorithm.empty() && algorithm != "RS256")) {
      continue;
    }
    Key key = rsa_key(text_of(object, "n"), text_of(object, "e"));
    if (key && keys.size() < kMostKeys) keys.push_back({std::string(kid), std::move(key)});
  }
  if (keys.empty()) return false;
  keys_ = std::move(keys);
  known_since_ = now;
  return true;
}

}  // namespace everbit::auth_kakao
