#include "exchange-upbit/collected.h"

namespace everbit::exchange_upbit {
namespace {

// A sink of an older host is shorter; what it lacks, and what is null, nobody asks for.
#define EB_TAKER(sink, name) (EB_HAS(&(sink), name) ? (sink).name : nullptr)

template <class T>
eb_status emit_all(const std::vector<T>& items, eb_status (*take)(void*, const T*), void* ctx) {
  if (take == nullptr) return EB_OK;
  for (const T& item : items) {
    if (const eb_status status = take(ctx, &item); status != EB_OK) return status;
  }
  return EB_OK;
}

}  // namespace

void Collected::clear() {
  orders.clear();
  fills.clear();
  accounts.clear();
  chance.reset();
  candles.clear();
  markets.clear();
  instruments.clear();
  api_keys.clear();
  ticks.clear();
  trades.clear();
  book_tops.clear();
}

eb_status emit(const Collected& collected, const eb_exchange_sink& sink) {
  void* const ctx = sink.ctx_host;
  eb_status status = emit_all(collected.orders, EB_TAKER(sink, order), ctx);
  if (status == EB_OK) status = emit_all(collected.fills, EB_TAKER(sink, fill), ctx);
  if (status == EB_OK) status = emit_all(collected.accounts, EB_TAKER(sink, account), ctx);
  if (status == EB_OK) status = emit_all(collected.candles, EB_TAKER(sink, candle), ctx);
  if (status == EB_OK) status = emit_all(collected.markets, EB_TAKER(sink, market), ctx);
  if (status == EB_OK) status = emit_all(collected.instruments, EB_TAKER(sink, instrument), ctx);
  if (status == EB_OK) status = emit_all(collected.api_keys, EB_TAKER(sink, api_key), ctx);
  if (status == EB_OK) status = emit_all(collected.ticks, EB_TAKER(sink, tick), ctx);
  if (status == EB_OK) status = emit_all(collected.trades, EB_TAKER(sink, trade), ctx);
  if (status == EB_OK) status = emit_all(collected.book_tops, EB_TAKER(sink, book_top), ctx);
  if (status == EB_OK && collected.chance && EB_TAKER(sink, chance) != nullptr) {
    status = sink.chance(ctx, &*collected.chance);
  }
  return status;
}

eb_status emit(const eb_answer& answer, const eb_exchange_sink& sink) {
  const auto take = EB_TAKER(sink, answer);
  return take == nullptr ? EB_OK : take(sink.ctx_host, &answer);
}

eb_status emit(const eb_rate_left& left, const eb_exchange_sink& sink) {
  const auto take = EB_TAKER(sink, rate_left);
  return take == nullptr ? EB_OK : take(sink.ctx_host, &left);
}

}  // namespace everbit::exchange_upbit
