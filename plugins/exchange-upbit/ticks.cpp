#include "exchange-upbit/ticks.h"

#include <array>
#include <span>

#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

__extension__ typedef unsigned __int128 Wide;

// digits * 10^-places
constexpr eb_dec dec(std::uint64_t digits, int places) {
  Wide value = digits;
  for (int i = places; i < 18; ++i) value *= 10;
  return {static_cast<std::uint64_t>(value), static_cast<std::int64_t>(value >> 64)};
}

// From this price on, inclusive.
struct Band {
  eb_dec from;
  eb_dec tick;
};

constexpr std::array kKrw{
    Band{dec(1'000'000, 0), dec(1'000, 0)},
    Band{dec(500'000, 0), dec(500, 0)},
    Band{dec(100'000, 0), dec(100, 0)},
    Band{dec(50'000, 0), dec(50, 0)},
    Band{dec(10'000, 0), dec(10, 0)},
    Band{dec(5'000, 0), dec(5, 0)},
    Band{dec(100, 0), dec(1, 0)},
    Band{dec(10, 0), dec(1, 1)},
    Band{dec(1, 0), dec(1, 2)},
    Band{dec(1, 1), dec(1, 3)},
    Band{dec(1, 2), dec(1, 4)},
    Band{dec(1, 3), dec(1, 5)},
    Band{dec(1, 4), dec(1, 6)},
    Band{dec(1, 5), dec(1, 7)},
    Band{dec(0, 0), dec(1, 8)},
};

constexpr std::array kUsdt{
    Band{dec(10, 0), dec(1, 2)}, Band{dec(1, 0), dec(1, 3)}, Band{dec(1, 1), dec(1, 4)},
    Band{dec(1, 2), dec(1, 5)},  Band{dec(1, 3), dec(1, 6)}, Band{dec(1, 4), dec(1, 7)},
    Band{dec(0, 0), dec(1, 8)},
};

constexpr std::array kBtc{Band{dec(0, 0), dec(1, 8)}};

std::span<const Band> bands_of(std::string_view market) {
  if (market.starts_with("KRW-")) return kKrw;
  if (market.starts_with("BTC-")) return kBtc;
  if (market.starts_with("USDT-")) return kUsdt;
  return {};
}

}  // namespace

eb_status tick_size(eb_str market, eb_dec price, eb_dec* tick) {
  const auto bands = bands_of(view(market));
  if (bands.empty()) return EB_ERR_UNSUPPORTED;
  if (!eb_dec_valid(price) || eb_dec_sign(price) <= 0) return EB_ERR_RANGE;
  for (const Band& band : bands) {
    if (eb_dec_compare(price, band.from) < 0) continue;
    *tick = band.tick;
    break;
  }
  return EB_OK;
}

// Each band starts at a multiple of its own tick, so neither direction ends off the grid of the
// band where it arrives.
eb_status round_price(const eb_decimal_v1& decimal, eb_str market, std::int32_t side, eb_dec price,
                      eb_dec* rounded) {
  eb_dec tick{};
  eb_dec result{};
  if (side != EB_SIDE_BUY && side != EB_SIDE_SELL) return EB_ERR_ARGUMENT;
  eb_status status = tick_size(market, price, &tick);
  const std::int32_t rounding = side == EB_SIDE_BUY ? EB_ROUND_FLOOR : EB_ROUND_CEILING;
  if (status == EB_OK) status = decimal.round_tick(price, tick, rounding, &result);
  if (status == EB_OK && eb_dec_sign(result) <= 0) status = EB_ERR_RANGE;
  if (status == EB_OK) *rounded = result;
  return status;
}

}  // namespace everbit::exchange_upbit
