#include "notify-webpush/keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace everbit::notify_webpush {
namespace {

constexpr std::size_t kTagSize = 16;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using Number = Owned<BIGNUM, BN_clear_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Signature = Owned<ECDSA_SIG, ECDSA_SIG_free>;
using Kdf = Owned<EVP_KDF, EVP_KDF_free>;
using KdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// OpenSSL's functions do not change the keys that they take as not const.
EVP_PKEY* lent(const EVP_PKEY& key) { return const_cast<EVP_PKEY*>(&key); }

bool is_point(std::string_view point) {
  return point.size() == kPointSize && point.front() == '\x04';
}

// Null: OpenSSL does not take them.
Key from_parts(std::string_view point, const BIGNUM* scalar) {
  const Builder builder(OSSL_PARAM_BLD_new());
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  require(builder && context && EVP_PKEY_fromdata_init(context.get()) == 1);
  require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1",
                                          0) == 1);
  require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()) == 1);
  if (scalar != nullptr) {
    require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  require(params != nullptr);
  EVP_PKEY* key = nullptr;
  const int what = scalar != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  if (EVP_PKEY_fromdata(context.get(), &key, what, params.get()) != 1) return nullptr;
  return Key(key);
}

bool passes(const Key& key, int (*check)(EVP_PKEY_CTX*)) {
  if (!key) return false;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return context && check(context.get()) == 1;
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Key import_point(std::string_view point) {
  if (!is_point(point)) return nullptr;
  Key key = from_parts(point, nullptr);
  return passes(key, EVP_PKEY_public_check) ? std::move(key) : nullptr;
}

Key import_pair(std::string_view scalar, std::string_view point) {
  if (!is_point(point) || scalar.size() != kScalarSize) return nullptr;
  const Number number(BN_secure_new());
  require(number && BN_bin2bn(bytes_of(scalar), static_cast<int>(scalar.size()), number.get()));
  Key key = from_parts(point, number.get());
  const bool good = passes(key, EVP_PKEY_public_check) && passes(key, EVP_PKEY_private_check) &&
                    passes(key, EVP_PKEY_pairwise_check);
  return good ? std::move(key) : nullptr;
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr);
  return key;
}

std::string point_of(const EVP_PKEY& key) {
  std::string point(kPointSize, '\0');
  std::size_t size = 0;
  require(EVP_PKEY_get_octet_string_param(&key, OSSL_PKEY_PARAM_PUB_KEY, bytes_of(point),
                                          point.size(), &size) == 1);
  require(size == kPointSize && is_point(point));
  return point;
}

std::string shared_secret(const EVP_PKEY& own, const EVP_PKEY& other) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, lent(own), nullptr));
  std::string secret(kScalarSize, '\0');
  std::size_t size = secret.size();
  require(context && EVP_PKEY_derive_init(context.get()) == 1);
  require(EVP_PKEY_derive_set_peer(context.get(), lent(other)) == 1);
  require(EVP_PKEY_derive(context.get(), bytes_of(secret), &size) == 1 && size == kScalarSize);
  return secret;
}

std::string sign_es256(const EVP_PKEY& key, std::string_view text) {
  const DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, 128> der{};
  std::size_t size = der.size();
  require(context &&
          EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, lent(key)) == 1);
  require(EVP_DigestSign(context.get(), der.data(), &size, bytes_of(text), text.size()) == 1);
  const unsigned char* at = der.data();
  const Signature parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  require(parsed != nullptr);
  // Either may be shorter than 32 bytes.
  std::string signature(2 * kScalarSize, '\0');
  constexpr int kWidth = kScalarSize;
  require(BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes_of(signature), kWidth) == kWidth);
  require(BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes_of(signature) + kWidth, kWidth) ==
          kWidth);
  return signature;
}

std::string hkdf(std::string_view salt, std::string_view input, std::string_view info,
                 std::size_t size) {
  const Kdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  require(kdf != nullptr);
  const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
  require(context != nullptr);
  std::string digest = "SHA256";
  std::string key(input);
  std::string salted(salt);
  std::string about(info);
  const std::array<OSSL_PARAM, 5> params{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salted.data(), salted.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, about.data(), about.size()),
      OSSL_PARAM_construct_end()};
  std::string out(size, '\0');
  const bool done = EVP_KDF_derive(context.get(), bytes_of(out), size, params.data()) == 1;
  wipe(key);
  require(done);
  return out;
}

std::string seal_aes128(std::string_view key, std::string_view nonce, std::string_view plain) {
  require(key.size() == 16 && nonce.size() == 12);
  const CipherContext context(EVP_CIPHER_CTX_new());
  require(context && EVP_EncryptInit_ex2(context.get(), EVP_aes_128_gcm(), bytes_of(key),
                                         bytes_of(nonce), nullptr) == 1);
  std::string out(plain.size() + kTagSize, '\0');
  int written = 0;
  int rest = 0;
  require(EVP_EncryptUpdate(context.get(), bytes_of(out), &written, bytes_of(plain),
                            static_cast<int>(plain.size())) == 1);
  require(EVP_EncryptFinal_ex(context.get(), bytes_of(out) + written, &rest) == 1);
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                              bytes_of(out) + plain.size()) == 1);
  return out;
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  require(RAND_bytes(bytes_of(bytes), static_cast<int>(size)) == 1);
  return bytes;
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace everbit::notify_webpush
