#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <string>

#include "base/base64.h"
#include "notify/subscriptions.h"

namespace everbit::notify {
namespace {

constexpr std::size_t kPointSize = 65;
constexpr std::size_t kAuthSize = 16;

// Either alphabet, with or without padding, as browsers and their libraries differ.
std::optional<std::string> decode(std::string text) {
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.pop_back();
  }
  return base64url_decode(text);
}

bool is_on_the_curve(std::string point) {
  std::string group = "prime256v1";
  const std::array<OSSL_PARAM, 3> params{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* raw = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY,
                        const_cast<OSSL_PARAM*>(params.data())) != 1) {
    return false;
  }
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(raw, EVP_PKEY_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> check(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), EVP_PKEY_CTX_free);
  return check && EVP_PKEY_public_check(check.get()) == 1;
}

}  // namespace

std::string faulty_key(const NewSubscription& given) {
  const auto point = decode(given.p256dh);
  // OpenSSL alone would take compressed and hybrid points and infinity, too.
  if (!point || point->size() != kPointSize || point->front() != '\x04' ||
      !is_on_the_curve(*point)) {
    return "p256dh";
  }
  const auto auth = decode(given.auth);
  return !auth || auth->size() != kAuthSize ? "auth" : "";
}

}  // namespace everbit::notify
