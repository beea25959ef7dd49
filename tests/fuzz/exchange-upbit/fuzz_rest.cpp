#include <array>
#include <string_view>

#include "fuzz/exchange-upbit/linked_plugin.h"

// Input: a letter for the call, a letter for the HTTP status, the body. The body also plays the
// header of the rate limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using everbit::plugins::ExchangeOp;
  using everbit::plugins::Meaning;
  constexpr std::array kOps{
      ExchangeOp::kMarkets,      ExchangeOp::kCandles,     ExchangeOp::kTicker,
      ExchangeOp::kOrderBook,    ExchangeOp::kInstruments, ExchangeOp::kAccounts,
      ExchangeOp::kChance,       ExchangeOp::kOrderCreate, ExchangeOp::kOrderGet,
      ExchangeOp::kOrdersOpen,   ExchangeOp::kOrderCancel, ExchangeOp::kApiKeys,
      ExchangeOp::kWithdrawProbe};
  constexpr std::array kStatuses{200, 201, 400, 401, 403, 404, 418, 429, 500, 302};
  if (size < 2) return 0;
  const auto op = kOps[data[0] % kOps.size()];
  const int status = kStatuses[data[1] % kStatuses.size()];
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::array headers{
      everbit::plugins::Field{"remaining-req", std::string(body.substr(0, 200))}};
  const auto decoded = everbit::fuzz::linked_codec().decode(op, status, headers, body);
  if (status >= 300 && decoded.answer.meaning == Meaning::kOk) __builtin_trap();
  everbit::fuzz::check(decoded.found);
  return 0;
}
