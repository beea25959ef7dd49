#include "plugins/exchange/exchange_plugin.h"

namespace everbit::plugins {
namespace {

constexpr std::chrono::seconds kCloseBudget{5};

}  // namespace

Result<std::unique_ptr<ExchangePlugin>> ExchangePlugin::start(ListedPlugins& listed,
                                                              const std::string& id,
                                                              const Clock& clock,
                                                              net::IoThreads& strands) {
  auto loaded = listed.load(id, Kind::kExchange);
  if (!loaded) return loaded.error();
  auto instance = start_instance(*loaded, "exchange", clock, strands);
  if (!instance) return instance.error();
  std::unique_ptr<ExchangePlugin> plugin(new ExchangePlugin(std::move(*instance)));
  const auto* table = plugin->instance_->extension<eb_exchange_v1>(EB_EXT_EXCHANGE);
  if (table == nullptr) return Error("PLUGIN_INSTANCE", "is no exchange", id);
  (void)plugin->instance_->call_anywhere("codec", [&](void* self) -> eb_status {
    plugin->codec_ = std::make_unique<ExchangeCodec>(table, self);
    return EB_OK;
  });
  return plugin;
}

ExchangePlugin::~ExchangePlugin() { instance_->close(Deadline::after(kCloseBudget)); }

}  // namespace everbit::plugins
