#include "kakao-sim/keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <array>
#include <stdexcept>

#include "upbit-sim/base/text.h"
#include "upbit-sim/json/writer.h"

namespace everbit::kakao_sim {
namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses");
}

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return bytes;
}

}  // namespace

struct SigningKeys::Key {
  std::string kid;
  EVP_PKEY* pkey = nullptr;
  ~Key() { EVP_PKEY_free(pkey); }
};

SigningKeys::SigningKeys() {
  rotate();
  rotate();
}

SigningKeys::~SigningKeys() = default;

void SigningKeys::rotate() {
  auto key = std::make_unique<Key>();
  key->kid = "mock-kid-" + std::to_string(++made_);
  key->pkey = EVP_RSA_gen(2048);
  require(key->pkey != nullptr);
  keys_.insert(keys_.begin(), std::move(key));
  if (keys_.size() > 2) keys_.pop_back();
}

const std::string& SigningKeys::kid() const { return keys_.front()->kid; }

std::string SigningKeys::jwks() const {
  upbit_sim::JsonWriter json;
  json.open_object().key("keys").open_array();
  for (const auto& key : keys_) {
    json.open_object().text("kid", key->kid).text("kty", "RSA").text("alg", "RS256");
    json.text("use", "sig");
    json.text("n", upbit_sim::base64url_encode(number_of(key->pkey, OSSL_PKEY_PARAM_RSA_N)));
    json.text("e", upbit_sim::base64url_encode(number_of(key->pkey, OSSL_PKEY_PARAM_RSA_E)));
    json.close_object();
  }
  return json.close_array().close_object().take();
}

std::string SigningKeys::sign(std::string_view text) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  std::string signature(256, '\0');
  std::size_t size = signature.size();
  const bool done =
      context != nullptr &&
      EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, keys_.front()->pkey) == 1 &&
      EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  require(done && size == signature.size());
  return signature;
}

std::string SigningKeys::public_bytes() const {
  return number_of(keys_.front()->pkey, OSSL_PKEY_PARAM_RSA_N);
}

std::string random_text(std::size_t bytes) {
  std::string raw(bytes, '\0');
  require(RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) == 1);
  return upbit_sim::base64url_encode(raw);
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace everbit::kakao_sim
