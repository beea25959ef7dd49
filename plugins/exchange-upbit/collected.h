#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "everbit/ext/exchange.h"

namespace everbit::exchange_upbit {

// What a message held, until all of it is known to be valid: only then may a sink see any of it.
// The texts are borrowed from the message.
struct Collected {
  // More elements than any real answer has.
  static constexpr std::size_t kMaxItems = 10'000;

  std::vector<eb_order> orders;
  std::vector<eb_fill> fills;
  std::vector<eb_account> accounts;
  std::optional<eb_chance> chance;
  std::vector<eb_exchange_candle> candles;
  std::vector<eb_market> markets;
  std::vector<eb_instrument> instruments;
  std::vector<eb_api_key> api_keys;
  std::vector<eb_tick> ticks;
  std::vector<eb_trade> trades;
  std::vector<eb_book_top> book_tops;

  // Forgets everything; keeps the memory.
  void clear();
};

// False if the list is full.
template <class T>
bool add(std::vector<T>& list, const T& item) {
  if (list.size() >= Collected::kMaxItems) return false;
  list.push_back(item);
  return true;
}

// A zeroed struct of the ABI with its size set.
template <class T>
T make() {
  T value{};
  value.size = sizeof(T);
  return value;
}

// Hands everything to the sink; the first refusal ends it.
eb_status emit(const Collected& collected, const eb_exchange_sink& sink);
eb_status emit(const eb_answer& answer, const eb_exchange_sink& sink);
eb_status emit(const eb_rate_left& left, const eb_exchange_sink& sink);

}  // namespace everbit::exchange_upbit
