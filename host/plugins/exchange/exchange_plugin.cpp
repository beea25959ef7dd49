#include "plugins/exchange/exchange_plugin.h"

namespace everbit::plugins {
namespace {

constexpr std::chrono::seconds kCloseBudget{5};

}  // namespace

Result<void> ExchangePlugin::adopt(const std::string& id) {
  const auto* table = instance_->extension<eb_exchange_v1>(EB_EXT_EXCHANGE);
  if (table == nullptr) return Error("PLUGIN_INSTANCE", "is no exchange", id);
  (void)instance_->call_anywhere("codec", [&](void* self) -> eb_status {
    codec_ = std::make_unique<ExchangeCodec>(table, self);
    return EB_OK;
  });
  const auto* local = instance_->extension<eb_exchange_local_v1>(EB_EXT_EXCHANGE_LOCAL);
  if (local == nullptr) return {};
  const auto* state = instance_->extension<eb_state_v1>(EB_EXT_STATE);
  if (state == nullptr) return Error("PLUGIN_INSTANCE", "simulates fills, but keeps no state", id);
  local_ = std::make_unique<LocalExchange>(instance_, *local, *state);
  return {};
}

Result<std::unique_ptr<ExchangePlugin>> ExchangePlugin::start(ListedPlugins& listed,
                                                              const std::string& id,
                                                              const Clock& clock,
                                                              net::IoThreads& strands) {
  auto loaded = listed.load(id, Kind::kExchange);
  if (!loaded) return loaded.error();
  // An exchange that is elsewhere has nothing to save.
  if (loaded->manifest.state) {
    return Error("EXCHANGE_MODE", "it only simulates fills: no real order may go there", id);
  }
  auto instance = start_instance(*loaded, "exchange", clock, strands);
  if (!instance) return instance.error();
  std::unique_ptr<ExchangePlugin> plugin(new ExchangePlugin(std::move(*instance)));
  if (auto adopted = plugin->adopt(id); !adopted) return adopted.error();
  if (plugin->local_) {
    return Error("EXCHANGE_MODE", "it only simulates fills: no real order may go there", id);
  }
  return plugin;
}

Result<std::unique_ptr<ExchangePlugin>> ExchangePlugin::make_local(ListedPlugins& listed,
                                                                   const std::string& id,
                                                                   Params params,
                                                                   const Clock& clock,
                                                                   net::IoThreads& strands) {
  auto loaded = listed.load(id, Kind::kExchange);
  if (!loaded) return loaded.error();
  if (!loaded->manifest.state) {
    return Error("EXCHANGE_MODE", "it does not simulate fills: a PAPER order would be a real one",
                 id);
  }
  InstanceOptions options;
  options.name = "exchange";
  options.params = std::move(params);
  options.clock = &clock;
  options.strand = make_asio_strand(strands.context());
  // Slow is no fault of simulated money.
  options.budget.reset();
  auto instance = Instance::create(*loaded, std::move(options));
  if (!instance) return instance.error();
  std::unique_ptr<ExchangePlugin> plugin(new ExchangePlugin(std::move(*instance)));
  if (auto adopted = plugin->adopt(id); !adopted) return adopted.error();
  if (!plugin->local_) {
    return Error("EXCHANGE_MODE", "it does not simulate fills: a PAPER order would be a real one",
                 id);
  }
  return plugin;
}

ExchangePlugin::~ExchangePlugin() { instance_->close(Deadline::after(kCloseBudget)); }

}  // namespace everbit::plugins
