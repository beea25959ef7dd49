#include "plugins/host_side.h"

#include <algorithm>

#include "base/log.h"
#include "everbit/ext/decimal.h"
#include "everbit/ext/http.h"
#include "everbit/ext/thread_check.h"
#include "everbit/ext/timer.h"
#include "everbit/ext/worker.h"
#include "everbit/ext/ws.h"
#include "plugins/buffers.h"
#include "plugins/call_scope.h"
#include "plugins/instance.h"
#include "plugins/services/decimal_extension.h"
#include "plugins/services/http_service.h"
#include "plugins/services/thread_check_service.h"
#include "plugins/services/timer_service.h"
#include "plugins/services/worker_service.h"
#include "plugins/services/ws_service.h"

namespace everbit::plugins {

HostSide::HostSide(Instance& instance)
    : instance_(instance),
      log_(instance.options().name),
      host_{sizeof(eb_host), 0, this, get_extension, log, log_enabled, now, set_error} {}

Result<std::unique_ptr<HostSide>> HostSide::make(Instance& instance,
                                                 const std::vector<std::string>& grants) {
  std::unique_ptr<HostSide> side(new HostSide(instance));
  for (const auto& id : grants) side->grant(id);
  for (const auto& id : instance.manifest().required) {
    if (!side->extensions_.contains(id)) {
      return Error("PLUGIN_NOT_AVAILABLE", "it requires an extension that is not available here",
                   id);
    }
  }
  return side;
}

void HostSide::grant(const std::string& id) {
  const Services& services = instance_.options().services;
  std::unique_ptr<Service> service;
  if (id == EB_EXT_DECIMAL) {
    extensions_[id] = &decimal_extension();
  } else if (id == EB_EXT_THREAD_CHECK) {
    service = std::make_unique<ThreadCheckService>(instance_);
  } else if (id == EB_EXT_TIMER) {
    service = std::make_unique<TimerService>(instance_);
  } else if (id == EB_EXT_WORKER && services.workers != nullptr) {
    service = std::make_unique<WorkerService>(instance_, services.workers);
  } else if (id == EB_EXT_HTTP && services.http != nullptr && services.io != nullptr) {
    service = std::make_unique<HttpService>(instance_);
  } else if (id == EB_EXT_WS && services.io != nullptr && services.workers != nullptr &&
             services.tls != nullptr) {
    service = std::make_unique<WsService>(instance_);
  } else {
    const auto own =
        std::ranges::find(services.extensions, id, [](const auto& e) { return e.first; });
    if (own != services.extensions.end()) extensions_[id] = own->second;
  }
  if (service) {
    extensions_[id] = service->extension();
    services_.push_back(std::move(service));
  }
}

void HostSide::stop() {
  for (const auto& service : services_) service->stop();
}

bool HostSide::wait(Deadline deadline) {
  return std::ranges::all_of(services_,
                             [&](const auto& service) { return service->wait(deadline); });
}

const void* HostSide::get_extension(void* ctx, eb_str id) {
  const auto& self = *static_cast<const HostSide*>(ctx);
  const auto found = self.extensions_.find(from_abi(id));
  return found == self.extensions_.end() ? nullptr : found->second;
}

void HostSide::log(void* ctx, std::int32_t level, eb_str event, const eb_field* fields,
                   std::uint32_t n) {
  static_cast<HostSide*>(ctx)->log_.write(level, from_abi(event), fields, n);
}

eb_bool HostSide::log_enabled(void*, std::int32_t level) {
  return LogService::enabled(level) ? 1 : 0;
}

eb_ts HostSide::now(void* ctx) {
  return static_cast<const HostSide*>(ctx)->instance_.options().clock->now().ns();
}

void HostSide::set_error(void* ctx, eb_status code, eb_str text) {
  auto& self = *static_cast<HostSide*>(ctx);
  if (CallScope* scope = CallScope::current(&self.instance_)) {
    scope->set_error(code, from_abi(text));
    return;
  }
  log_warn("plugin_misbehaving", {{"plugin", self.instance_.options().name},
                                  {"what", "set_error outside of a call"},
                                  {"text", from_abi(text).substr(0, 512)}});
}

}  // namespace everbit::plugins
