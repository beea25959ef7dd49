#include "backtest/candle_hash.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace everbit::backtest {

namespace {

constexpr std::size_t kRow = 8 + 5 * 16;
constexpr std::size_t kRows = 64;  // hashed at once: a call costs as much as some rows

std::string hex(const std::array<unsigned char, 32>& digest) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

}  // namespace

struct CandleHash::Context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  std::array<unsigned char, kRow * kRows> rows;
  std::size_t filled = 0;

  void flush() {
    EVP_DigestUpdate(md, rows.data(), filled);
    filled = 0;
  }
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
  unsigned char* row = context_->rows.data() + context_->filled;
  const std::int64_t seconds = candle.open_time / trading::kNanosecondsPerSecond;
  std::memcpy(row, &seconds, 8);
  row += 8;
  for (const eb_dec* value :
       {&candle.open, &candle.high, &candle.low, &candle.close, &candle.volume}) {
    std::memcpy(row, value, 16);
    row += 16;
  }
  context_->filled += kRow;
  if (context_->filled == context_->rows.size()) context_->flush();
}

std::string CandleHash::finish() {
  context_->flush();
  std::array<unsigned char, 32> digest;
  EVP_DigestFinal_ex(context_->md, digest.data(), nullptr);
  return hex(digest);
}

std::string sha256_text(std::string_view text) {
  std::array<unsigned char, 32> digest;
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return hex(digest);
}

}  // namespace everbit::backtest
