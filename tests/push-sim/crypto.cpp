#include "push-sim/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace everbit::push_sim {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 21;
constexpr std::size_t kTag = 16;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses");
}

std::string hmac(std::string_view key, std::string_view text) {
  std::string out(32, '\0');
  require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(text), text.size(),
               raw(out), nullptr) != nullptr);
  return out;
}

// One block of HKDF's second step, written out as RFC 8291 does.
std::string expand(std::string_view prk, std::string_view info, std::size_t size) {
  return hmac(prk, std::string(info) + '\x01').substr(0, size);
}

Key build(std::string_view point, std::string_view scalar) {
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  BIGNUM* number =
      scalar.empty() ? nullptr : BN_bin2bn(raw(scalar), static_cast<int>(scalar.size()), nullptr);
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  if (number != nullptr) OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY* key = nullptr;
  const bool made =
      EVP_PKEY_fromdata_init(context) == 1 &&
      EVP_PKEY_fromdata(context, &key, number == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                        params) == 1;
  OSSL_PARAM_free(params);
  BN_free(number);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_BLD_free(builder);
  return Key(made ? key : nullptr);
}

std::optional<std::string> open_record(std::string_view key, std::string_view nonce,
                                       std::string_view record) {
  if (record.size() < kTag) return std::nullopt;
  std::string out(record.size() - kTag, '\0');
  std::string tag(record.substr(out.size()));
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int written = 0;
  int rest = 0;
  const bool good =
      EVP_DecryptInit_ex2(context, EVP_aes_128_gcm(), raw(key), raw(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context, raw(out), &written, raw(record), static_cast<int>(out.size())) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context, raw(out) + written, &rest) == 1;
  EVP_CIPHER_CTX_free(context);
  if (!good) return std::nullopt;
  return out;
}

// The text before the delimiter; empty if the record has none or the wrong one.
std::optional<std::string> strip(std::string padded, bool last) {
  const auto end = padded.find_last_not_of('\0');
  if (end == std::string::npos || padded[end] != (last ? '\x02' : '\x01')) return std::nullopt;
  padded.resize(end);
  return padded;
}

struct Parts {
  std::string_view salt;
  std::uint32_t record_size = 0;
  std::string_view key_id;
  std::string_view records;
};

std::optional<Parts> take_apart(std::string_view body) {
  if (body.size() < kHeader) return std::nullopt;
  Parts parts;
  parts.salt = body.substr(0, 16);
  for (std::size_t i = 16; i < 20; ++i) {
    parts.record_size = parts.record_size << 8U | static_cast<unsigned char>(body[i]);
  }
  const std::size_t id_size = static_cast<unsigned char>(body[20]);
  if (parts.record_size < 18 || body.size() < kHeader + id_size) return std::nullopt;
  parts.key_id = body.substr(kHeader, id_size);
  parts.records = body.substr(kHeader + id_size);
  return parts;
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr);
  return key;
}

Key key_of(std::string_view scalar, std::string_view point) { return build(point, scalar); }
Key point_key(std::string_view point) {
  return point.size() == 65 && point[0] == 4 ? build(point, "") : nullptr;
}

std::string point_of(const EVP_PKEY& key) {
  std::string point(65, '\0');
  std::size_t size = 0;
  require(EVP_PKEY_get_octet_string_param(&key, OSSL_PKEY_PARAM_PUB_KEY, raw(point), point.size(),
                                          &size) == 1);
  return point;
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  require(RAND_bytes(raw(bytes), static_cast<int>(size)) == 1);
  return bytes;
}

std::optional<std::string> decrypt_content(std::string_view body, std::string_view input_key) {
  const auto parts = take_apart(body);
  if (!parts || parts->records.empty()) return std::nullopt;
  const std::string prk = hmac(parts->salt, input_key);
  const std::string key = expand(prk, "Content-Encoding: aes128gcm\0"sv, 16);
  const std::string base = expand(prk, "Content-Encoding: nonce\0"sv, 12);
  std::string out;
  std::string_view rest = parts->records;
  for (unsigned number = 0; !rest.empty(); ++number) {
    const std::string_view record = rest.substr(0, parts->record_size);
    rest.remove_prefix(record.size());
    std::string nonce = base;
    for (unsigned i = 0; i < 4; ++i) {
      nonce[11 - i] = static_cast<char>(static_cast<unsigned char>(nonce[11 - i]) ^
                                        (number >> (8 * i) & 0xffU));
    }
    auto padded = open_record(key, nonce, record);
    auto text = padded ? strip(std::move(*padded), rest.empty()) : std::nullopt;
    if (!text) return std::nullopt;
    out += *text;
  }
  return out;
}

std::optional<std::string> decrypt_push(std::string_view body, const EVP_PKEY& receiver,
                                        std::string_view auth) {
  const auto parts = take_apart(body);
  if (!parts || parts->key_id.size() != 65 || parts->records.size() > parts->record_size) {
    return std::nullopt;
  }
  const Key sender = point_key(parts->key_id);
  if (!sender) return std::nullopt;
  EVP_PKEY_CTX* context =
      EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(&receiver), nullptr);
  std::string secret(32, '\0');
  std::size_t size = secret.size();
  const bool agreed = EVP_PKEY_derive_init(context) == 1 &&
                      EVP_PKEY_derive_set_peer(context, sender.get()) == 1 &&
                      EVP_PKEY_derive(context, raw(secret), &size) == 1;
  EVP_PKEY_CTX_free(context);
  if (!agreed) return std::nullopt;
  std::string info("WebPush: info\0"sv);
  info += point_of(receiver);
  info += parts->key_id;
  return decrypt_content(body, expand(hmac(auth, secret), info, 32));
}

bool verify_es256(std::string_view point, std::string_view text, std::string_view signature) {
  const Key key = point_key(point);
  if (!key || signature.size() != 64) return false;
  ECDSA_SIG* parsed = ECDSA_SIG_new();
  ECDSA_SIG_set0(parsed, BN_bin2bn(raw(signature), 32, nullptr),
                 BN_bin2bn(raw(signature) + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(parsed, &der);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good =
      size > 0 && EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context, der, static_cast<std::size_t>(size), raw(text), text.size()) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  ECDSA_SIG_free(parsed);
  return good;
}

}  // namespace everbit::push_sim
