#include "backtest/candle_hash.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace everbit::backtest {

struct CandleHash::Context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  Context() {
    if (md == nullptr || EVP_DigestInit_ex(md, EVP_sha256(), nullptr) != 1) {
      throw std::runtime_error("SHA-256 is not available");
    }
  }
  ~Context() { EVP_MD_CTX_free(md); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

CandleHash::CandleHash() : context_(std::make_unique<Context>()) {}
CandleHash::~CandleHash() = default;
CandleHash::CandleHash(CandleHash&&) noexcept = default;
CandleHash& CandleHash::operator=(CandleHash&&) noexcept = default;

void CandleHash::add(const trading::Candle& candle) {
  std::array<unsigned char, 88> bytes;
  const std::int64_t seconds = candle.open_time / trading::kNanosecondsPerSecond;
  std::memcpy(bytes.data(), &seconds, 8);
  std::size_t at = 8;
  for (const eb_dec& value : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
    std::memcpy(bytes.data() + at, &value, 16);
    at += 16;
  }
  EVP_DigestUpdate(context_->md, bytes.data(), bytes.size());
}

std::string CandleHash::finish() {
  std::array<unsigned char, 32> digest;
  EVP_DigestFinal_ex(context_->md, digest.data(), nullptr);
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

}  // namespace everbit::backtest
