#include <dlfcn.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "conformance/bus/under_test.h"
#include "everbit/plugin.h"

namespace everbit::conformance {
namespace {

eb_ts now(void*) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

const eb_host kHost{sizeof(eb_host),
                    0,
                    nullptr,
                    [](void*, eb_str) -> const void* { return nullptr; },
                    [](void*, std::int32_t, eb_str, const eb_field*, std::uint32_t) {},
                    [](void*, std::int32_t) -> eb_bool { return 0; },
                    &now,
                    [](void*, eb_status, eb_str) {}};

using Entry = const eb_module* (*)();

const eb_module& load(const std::string& file) {
  // Never closed, as in the host.
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  const auto entry = reinterpret_cast<Entry>(::dlsym(library, EB_ENTRY_SYMBOL));
  if (entry == nullptr) throw std::runtime_error(file + " has no entry");
  return *entry();
}

}  // namespace

struct OpenBus::Impl {
  eb_plugin plugin{};
  ~Impl() {
    if (plugin.destroy != nullptr) plugin.destroy(plugin.self_plug);
  }
};

OpenBus::OpenBus(const std::string& plugin_file, const std::string& dsn,
                 const std::string& instance, const events::Bus::Config& more)
    : impl_(std::make_unique<Impl>()) {
  eb_create_args args{};
  args.size = sizeof args;
  impl_->plugin.size = sizeof impl_->plugin;
  if (load(plugin_file).factory->create(&kHost, &args, &impl_->plugin) != EB_OK) {
    throw std::runtime_error("create failed");
  }
  const eb_str id{EB_EXT_EVENT_BUS, sizeof(EB_EXT_EVENT_BUS) - 1};
  const auto* table =
      static_cast<const eb_event_bus_v1*>(impl_->plugin.get_extension(impl_->plugin.self_plug, id));
  if (table == nullptr) throw std::runtime_error("no eb.event_bus/1");
  events::Bus::Config config = more;
  config.emplace_back("database_url", dsn);
  config.emplace_back("instance", instance);
  auto bus = events::Bus::open(*table, impl_->plugin.self_plug, config);
  if (!bus) throw std::runtime_error(to_string(bus.error()));
  bus_ = std::make_unique<events::Bus>(std::move(*bus));
}

OpenBus::~OpenBus() = default;

std::string plugin_path(const std::string& name) {
  const char* build = std::getenv("EVERBIT_BUILD_DIR");
  return std::string(build == nullptr ? "." : build) + "/plugins/" + name;
}

}  // namespace everbit::conformance
