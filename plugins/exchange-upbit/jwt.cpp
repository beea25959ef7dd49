#include "exchange-upbit/jwt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>

#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

using Digest = std::array<unsigned char, SHA512_DIGEST_LENGTH>;

std::string_view view_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

WipedText::~WipedText() {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
}

std::string query_hash(std::string_view query) {
  Digest digest{};
  SHA512(bytes_of(query), query.size(), digest.data());
  std::string hex;
  append_hex(hex, view_of(digest));
  return hex;
}

bool append_bearer(WipedText& out, std::string_view access_key, std::string_view secret_key,
                   std::string_view nonce, std::string_view query) {
  WipedText payload(kMaxBearer);
  payload.text.append(R"({"access_key":")").append(access_key);
  payload.text.append(R"(","nonce":")").append(nonce);
  if (!query.empty()) {
    payload.text.append(R"(","query_hash":")").append(query_hash(query));
    payload.text.append(R"(","query_hash_alg":"SHA512)");
  }
  payload.text.append(R"("})");

  out.text.append("Bearer ");
  const std::size_t token_start = out.text.size();
  append_base64url(out.text, R"({"alg":"HS512","typ":"JWT"})");
  out.text.push_back('.');
  append_base64url(out.text, payload.text);
  const std::string_view signed_part = std::string_view(out.text).substr(token_start);

  Digest signature{};
  unsigned int length = 0;
  if (HMAC(EVP_sha512(), secret_key.data(), static_cast<int>(secret_key.size()),
           bytes_of(signed_part), signed_part.size(), signature.data(), &length) == nullptr) {
    return false;
  }
  out.text.push_back('.');
  append_base64url(out.text, view_of(signature));
  OPENSSL_cleanse(signature.data(), signature.size());
  return true;
}

}  // namespace everbit::exchange_upbit
