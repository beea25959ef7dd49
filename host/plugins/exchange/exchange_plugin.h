#pragma once

#include <memory>
#include <string>

#include "plugins/exchange/exchange_codec.h"
#include "plugins/listed_plugins.h"

namespace everbit::plugins {

// The exchange plugin that the settings name, loaded and started; closed at the end. What it was
// started with outlives it.
class ExchangePlugin {
 public:
  // Codes: PLUGIN_INSTANCE, those of ListedPlugins and start_instance().
  static Result<std::unique_ptr<ExchangePlugin>> start(ListedPlugins& listed, const std::string& id,
                                                       const Clock& clock, net::IoThreads& strands);
  ~ExchangePlugin();
  ExchangePlugin(const ExchangePlugin&) = delete;
  ExchangePlugin& operator=(const ExchangePlugin&) = delete;

  // Any thread.
  const ExchangeCodec& codec() const { return *codec_; }

 private:
  explicit ExchangePlugin(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

  std::shared_ptr<Instance> instance_;
  std::unique_ptr<ExchangeCodec> codec_;
};

}  // namespace everbit::plugins
