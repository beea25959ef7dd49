#include "unit/exchange-paper/paper_plugin.h"

#include <dlfcn.h>

#include <algorithm>
#include <stdexcept>

#include "plugins/services/decimal_extension.h"

namespace everbit::test {
namespace {

std::string_view view(eb_str text) { return {text.ptr, text.len}; }
eb_str str(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(eb_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.ptr), bytes.len};
}

struct Source {
  std::string_view rest;
};

}  // namespace

ExchangeModule::ExchangeModule(const char* file) {
  void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  void* const symbol = dlsym(library, EB_ENTRY_SYMBOL);
  if (symbol == nullptr) throw std::runtime_error("no entry");
  module_ = reinterpret_cast<decltype(&eb_plugin_entry_v1)>(symbol)();
  host_.size = sizeof host_;
  host_.ctx_host = this;
  host_.get_extension = [](void*, eb_str id) -> const void* {
    return view(id) == EB_EXT_DECIMAL ? &plugins::decimal_extension() : nullptr;
  };
  host_.log = [](void*, std::int32_t, eb_str, const eb_field*, std::uint32_t) {};
  host_.log_enabled = [](void*, std::int32_t) -> eb_bool { return 0; };
  host_.now = [](void*) -> eb_ts { return 0; };
  host_.set_error = [](void* ctx, eb_status, eb_str text) {
    static_cast<ExchangeModule*>(ctx)->last_error_ = view(text);
  };
}

eb_status ExchangeModule::create(const Settings& settings, eb_plugin& plugin) {
  std::vector<eb_field> params;
  for (const auto& [key, value] : settings) params.push_back({str(key), str(value)});
  eb_create_args args{};
  args.size = sizeof args;
  args.n_params = static_cast<std::uint32_t>(params.size());
  args.params = params.data();
  plugin.size = sizeof plugin;
  return module_->factory->create(&host_, &args, &plugin);
}

PaperPlugin::PaperPlugin(const Settings& settings) : module_(EVERBIT_EXCHANGE_PAPER) {
  if (module_.create(settings, plugin_) != EB_OK) throw std::runtime_error(module_.last_error());
  const auto extension = [this](std::string_view id) {
    return plugin_.get_extension(plugin_.self_plug, str(id));
  };
  table_ = static_cast<const eb_exchange_v1*>(extension(EB_EXT_EXCHANGE));
  local_ = static_cast<const eb_exchange_local_v1*>(extension(EB_EXT_EXCHANGE_LOCAL));
  state_ = static_cast<const eb_state_v1*>(extension(EB_EXT_STATE));
}

PaperPlugin::~PaperPlugin() {
  (void)plugin_.stop(plugin_.self_plug);
  plugin_.destroy(plugin_.self_plug);
}

void PaperPlugin::start() {
  if (plugin_.start(plugin_.self_plug) != EB_OK) throw std::runtime_error(last_error());
}

const eb_local_sink* PaperPlugin::sink() {
  sink_ = {sizeof sink_, 0, this,
           [](void* ctx, const eb_local_answer* answer) -> eb_status {
             auto& self = *static_cast<PaperPlugin*>(ctx);
             self.status_ = answer->http_status;
             self.body_ = text_of(answer->body);
             self.headers_.clear();
             for (std::uint32_t i = 0; i < answer->n_headers; ++i) {
               self.headers_.push_back({std::string(view(answer->headers[i].key)),
                                        std::string(view(answer->headers[i].value))});
             }
             self.transcript_ += std::to_string(self.status_) + " " + self.body_ + "\n";
             return EB_OK;
           },
           [](void* ctx, eb_bytes frame) -> eb_status {
             auto& self = *static_cast<PaperPlugin*>(ctx);
             self.frames_.push_back(text_of(frame));
             self.transcript_ += self.frames_.back() + "\n";
             return EB_OK;
           }};
  frames_.clear();
  return &sink_;
}

void PaperPlugin::observe(const std::string& frame) {
  const eb_bytes bytes{reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()};
  if (local_->observe(plugin_.self_plug, bytes, now, sink()) != EB_OK) {
    throw std::runtime_error("observe: " + last_error());
  }
}

void PaperPlugin::book(const Side& asks, const Side& bids, const std::string& market) {
  std::string frame = R"({"type":"orderbook","code":")" + market + R"(","orderbook_units":[)";
  for (std::size_t i = 0; i < std::max(asks.size(), bids.size()); ++i) {
    const auto level = [i](const Side& side) {
      return i < side.size() ? side[i] : std::pair<std::string, std::string>("0", "0");
    };
    const auto [ask, ask_size] = level(asks);
    const auto [bid, bid_size] = level(bids);
    frame += std::string(i == 0 ? "" : ",") + R"({"ask_price":)" + ask + R"(,"bid_price":)" + bid +
             R"(,"ask_size":)" + ask_size + R"(,"bid_size":)" + bid_size + "}";
  }
  observe(frame + R"(],"timestamp":1772424967400,"stream_type":"REALTIME"})");
}

void PaperPlugin::trade(const std::string& price, const std::string& volume,
                        const std::string& side) {
  last_trade_ = R"({"type":"trade","code":"KRW-BTC","trade_timestamp":)" +
                std::to_string(now / 1'000'000) + R"(,"trade_price":)" + price +
                R"(,"trade_volume":)" + volume + R"(,"ask_bid":")" + side +
                R"(","sequential_id":)" + std::to_string(++trade_id_) + "}";
  observe(last_trade_);
}

void PaperPlugin::repeat_trade() { observe(last_trade_); }

void PaperPlugin::go_on_after(const PaperPlugin& other) {
  now = other.now;
  trade_id_ = other.trade_id_;
  last_trade_ = other.last_trade_;
}

void PaperPlugin::missed() { (void)local_->missed(plugin_.self_plug); }

plugins::Decoded PaperPlugin::call(plugins::ExchangeOp op,
                                   const std::vector<plugins::Field>& params) {
  const plugins::Credentials keys{"paper", "paper"};
  const auto request = codec().encode(op, params, &keys, "b2f1e3f8-2dc1-4d6f-a838-c74c49b0e39a");
  if (!request) throw std::runtime_error("encode: " + last_error());
  eb_local_request asked{};
  asked.size = sizeof asked;
  asked.method = str(request->method);
  asked.target = str(request->target);
  asked.body = {reinterpret_cast<const std::uint8_t*>(request->body.data()), request->body.size()};
  asked.now = now;
  if (local_->serve(plugin_.self_plug, &asked, sink()) != EB_OK) {
    throw std::runtime_error("serve: " + last_error());
  }
  return codec().decode(op, status_, headers_, body_);
}

plugins::Decoded PaperPlugin::order(std::vector<plugins::Field> params) {
  params.insert(params.begin(), {"market", "KRW-BTC"});
  return call(plugins::ExchangeOp::kOrderCreate, params);
}

std::string PaperPlugin::taken(std::vector<plugins::Field> params) {
  const plugins::Decoded decoded = order(std::move(params));
  if (decoded.found.orders.size() != 1) throw std::runtime_error("refused: " + body_);
  return decoded.found.orders[0].uuid;
}

plugins::Decoded PaperPlugin::read(const std::string& uuid) {
  return call(plugins::ExchangeOp::kOrderGet, {{"uuid", uuid}});
}

std::string PaperPlugin::balance(const std::string& currency) {
  const plugins::Decoded decoded = call(plugins::ExchangeOp::kAccounts, {});
  for (const plugins::Account& account : decoded.found.accounts) {
    if (account.currency != currency) continue;
    return account.balance.to_string() + " + " + account.locked.to_string();
  }
  return "none";
}

std::string PaperPlugin::save() {
  std::string blob;
  const eb_sink sink{sizeof(eb_sink), 0, &blob,
                     [](void* ctx, const std::uint8_t* bytes, std::uint64_t len) -> eb_status {
                       static_cast<std::string*>(ctx)->append(reinterpret_cast<const char*>(bytes),
                                                              len);
                       return EB_OK;
                     }};
  if (state_->save(plugin_.self_plug, &sink) != EB_OK) throw std::runtime_error(last_error());
  return blob;
}

eb_status PaperPlugin::load(const std::string& blob, std::uint32_t version) {
  Source rest{blob};
  const eb_source source{
      sizeof(eb_source), 0, &rest,
      [](void* ctx, std::uint8_t* bytes, std::uint64_t capacity, std::uint64_t* len) -> eb_status {
        auto& from = *static_cast<Source*>(ctx);
        *len = from.rest.copy(reinterpret_cast<char*>(bytes), capacity);
        from.rest.remove_prefix(*len);
        return EB_OK;
      }};
  return state_->load(plugin_.self_plug, version, &source);
}

std::vector<plugins::Field> buy_for(const std::string& krw) {
  return {{"side", "bid"}, {"ord_type", "price"}, {"price", krw}};
}

std::vector<plugins::Field> sell(const std::string& volume) {
  return {{"side", "ask"}, {"ord_type", "market"}, {"volume", volume}};
}

std::vector<plugins::Field> limit_order(const std::string& side, const std::string& price,
                                        const std::string& volume, const std::string& tif) {
  std::vector<plugins::Field> params{
      {"side", side}, {"ord_type", "limit"}, {"volume", volume}, {"price", price}};
  if (!tif.empty()) params.push_back({"time_in_force", tif});
  return params;
}

}  // namespace everbit::test
