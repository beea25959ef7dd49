#include "fuzz/exchange-upbit/linked_plugin.h"

#include <cstdlib>
#include <string_view>

#include "everbit/plugin.h"
#include "plugins/services/decimal_extension.h"

namespace everbit::fuzz {
namespace {

struct Linked {
  eb_host host{};
  eb_plugin plugin{};
  const eb_exchange_v1* table = nullptr;

  Linked() {
    host.size = sizeof host;
    host.get_extension = [](void*, eb_str) -> const void* { return &plugins::decimal_extension(); };
    host.log_enabled = [](void*, std::int32_t) -> eb_bool { return 0; };
    host.set_error = [](void*, eb_status, eb_str) {};
    eb_create_args args{};
    args.size = sizeof args;
    plugin.size = sizeof plugin;
    if (eb_plugin_entry_v1()->factory->create(&host, &args, &plugin) != EB_OK) std::abort();
    const std::string_view id = EB_EXT_EXCHANGE;
    table = static_cast<const eb_exchange_v1*>(
        plugin.get_extension(plugin.self_plug, {id.data(), id.size()}));
  }
};

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

plugins::ExchangeCodec linked_codec() {
  static const Linked linked;
  return {linked.table, linked.plugin.self_plug};
}

void check(const plugins::Findings& found) {
  for (const auto& order : found.orders) {
    require(!order.uuid.empty() && !order.market.empty());
    require(!order.executed_volume || !order.executed_volume->is_negative());
  }
  for (const auto& fill : found.fills) {
    require(!fill.trade_uuid.empty() && !fill.order_uuid.empty());
    require(fill.price.is_positive() && fill.volume.is_positive());
  }
  for (const auto& account : found.accounts) {
    require(!account.balance.is_negative() && !account.locked.is_negative());
  }
  for (const auto& candle : found.candles) {
    require(candle.low.is_positive() && candle.timeframe_s > 0);
  }
  for (const auto& ticker : found.tickers) require(ticker.price.is_positive());
  for (const auto& trade : found.trades) require(trade.volume.is_positive());
}

}  // namespace everbit::fuzz
