#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string_view>

#include "unit/exchange-upbit/loaded_plugin.h"
#include "unit/exchange-upbit/samples.h"

// How many ticker frames a second the codec decodes: through the ABI into a sink, through the
// host's wrapper into its values, and, for comparison, what plain simdjson needs for the same
// frame.
namespace everbit::test {
namespace {

eb_bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void count_frames(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kTickerFrame.size()));
}

void DecodeThroughAbi(benchmark::State& state) {
  const LoadedPlugin plugin;
  eb_dec last{};
  eb_exchange_sink sink{};
  sink.size = sizeof sink;
  sink.ctx_host = &last;
  sink.tick = [](void* ctx, const eb_tick* tick) -> eb_status {
    *static_cast<eb_dec*>(ctx) = tick->price;
    return EB_OK;
  };
  for (auto _ : state) {
    const eb_status status =
        plugin.table().ws_decode(plugin.self(), EB_CHANNEL_PUBLIC, bytes_of(kTickerFrame), &sink);
    if (status != EB_OK) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(last);
  }
  count_frames(state);
}
BENCHMARK(DecodeThroughAbi);

void DecodeThroughHostWrapper(benchmark::State& state) {
  const LoadedPlugin plugin;
  const auto codec = plugin.codec();
  for (auto _ : state) {
    auto frame = codec.ws_decode(plugins::Channel::kPublic, kTickerFrame);
    if (!frame || frame->found.tickers.size() != 1) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(frame);
  }
  count_frames(state);
}
BENCHMARK(DecodeThroughHostWrapper);

// The same four fields as doubles, in the order in which they stand, without looking at the rest.
void PlainSimdjsonFourFields(benchmark::State& state) {
  const simdjson::padded_string frame(kTickerFrame);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    simdjson::ondemand::document document;
    std::string_view code;
    double price = 0;
    double value = 0;
    std::int64_t ts = 0;
    if (parser.iterate(frame).get(document) != simdjson::SUCCESS ||
        document["code"].get_string().get(code) != simdjson::SUCCESS ||
        document["trade_price"].get_double().get(price) != simdjson::SUCCESS ||
        document["timestamp"].get_int64().get(ts) != simdjson::SUCCESS ||
        document["acc_trade_price_24h"].get_double().get(value) != simdjson::SUCCESS) {
      state.SkipWithError("not decoded");
    }
    benchmark::DoNotOptimize(price);
    benchmark::DoNotOptimize(value);
    benchmark::DoNotOptimize(ts);
  }
  count_frames(state);
}
BENCHMARK(PlainSimdjsonFourFields);

// Every field visited, as the codec does to find duplicates and cuts; still as doubles.
void PlainSimdjsonEveryField(benchmark::State& state) {
  const simdjson::padded_string frame(kTickerFrame);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    double price = 0;
    if (parser.iterate(frame).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
      state.SkipWithError("not decoded");
    }
    for (auto item : object) {
      simdjson::ondemand::field field;
      if (std::move(item).get(field) != simdjson::SUCCESS) state.SkipWithError("broken");
      if (field.key() == "trade_price" || field.key() == "acc_trade_price_24h") {
        if (field.value().get_double().get(price) != simdjson::SUCCESS) state.SkipWithError("type");
      }
    }
    benchmark::DoNotOptimize(price);
  }
  count_frames(state);
}
BENCHMARK(PlainSimdjsonEveryField);

void EncodeCreateOrder(benchmark::State& state) {
  const LoadedPlugin plugin;
  const auto codec = plugin.codec();
  const std::vector<plugins::Field> params{
      {"market", "KRW-BTC"},
      {"side", "bid"},
      {"ord_type", "price"},
      {"price", "10000"},
      {"smp_type", "cancel_taker"},
      {"identifier", "eb-abc123-0190b8a0-0000-7000-8000-000000000001"}};
  for (auto _ : state) {
    auto request = codec.encode(plugins::ExchangeOp::kOrderCreate, params, &kKeys, kNonce);
    if (!request) state.SkipWithError("not encoded");
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK(EncodeCreateOrder);

}  // namespace
}  // namespace everbit::test
