#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/exchange/exchange_types.h"

// The border between the ABI's borrowed structs and the host's values. A plugin's number that is
// outside its range makes the whole value unusable: every function then gives nothing.
namespace everbit::plugins {

eb_str borrow(std::string_view text);
eb_bytes borrow_bytes(std::string_view text);
std::string copy(eb_str text);
std::vector<eb_field> borrow_fields(std::span<const Field> fields);
std::vector<Field> copy_fields(const eb_field* fields, std::uint32_t n);

eb_dec to_abi(Decimal value);
std::optional<Decimal> from_abi(eb_dec value);

std::optional<Order> from_abi(const eb_order& order);
std::optional<Fill> from_abi(const eb_fill& fill);
std::optional<Account> from_abi(const eb_account& account);
std::optional<Chance> from_abi(const eb_chance& chance);
std::optional<Candle> from_abi(const eb_exchange_candle& candle);
std::optional<Market> from_abi(const eb_market& market);
std::optional<Instrument> from_abi(const eb_instrument& instrument);
std::optional<ApiKey> from_abi(const eb_api_key& key);
std::optional<Ticker> from_abi(const eb_tick& tick);
std::optional<PublicTrade> from_abi(const eb_trade& trade);
std::optional<BookTop> from_abi(const eb_book_top& top);
std::optional<Answer> from_abi(const eb_answer& answer);
RateLeft from_abi(const eb_rate_left& left);

}  // namespace everbit::plugins
