#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/exchange/exchange_codec.h"
#include "plugins/exchange/local_exchange.h"
#include "plugins/listed_plugins.h"

namespace everbit::plugins {

// The exchange plugin that the settings name, loaded; closed at the end. What it was started with
// outlives it.
class ExchangePlugin {
 public:
  // An exchange that is elsewhere, started. Codes: EXCHANGE_MODE (it only simulates fills),
  // PLUGIN_INSTANCE, those of ListedPlugins and start_instance().
  static Result<std::unique_ptr<ExchangePlugin>> start(ListedPlugins& listed, const std::string& id,
                                                       const Clock& clock, net::IoThreads& strands);
  // One that simulates fills, with its settings; local() starts it. The same codes; EXCHANGE_MODE:
  // what it orders would leave the process.
  using Params = std::vector<std::pair<std::string, std::string>>;
  static Result<std::unique_ptr<ExchangePlugin>> make_local(ListedPlugins& listed,
                                                            const std::string& id, Params params,
                                                            const Clock& clock,
                                                            net::IoThreads& strands);
  ~ExchangePlugin();
  ExchangePlugin(const ExchangePlugin&) = delete;
  ExchangePlugin& operator=(const ExchangePlugin&) = delete;

  // Any thread.
  const ExchangeCodec& codec() const { return *codec_; }
  // Null for an exchange that is elsewhere.
  LocalExchange* local() { return local_.get(); }

 private:
  explicit ExchangePlugin(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}
  Result<void> adopt(const std::string& id);

  std::shared_ptr<Instance> instance_;
  std::unique_ptr<ExchangeCodec> codec_;
  std::unique_ptr<LocalExchange> local_;
};

}  // namespace everbit::plugins
