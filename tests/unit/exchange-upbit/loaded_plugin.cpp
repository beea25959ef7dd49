#include "unit/exchange-upbit/loaded_plugin.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string_view>

#include "plugins/services/decimal_extension.h"

namespace everbit::test {
namespace {

std::string_view view(eb_str text) { return {text.ptr, text.len}; }

eb_str str(std::string_view text) { return {text.data(), text.size()}; }

const eb_module* entry_of_the_library() {
  void* const library = dlopen(EVERBIT_EXCHANGE_UPBIT, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  void* const symbol = dlsym(library, EB_ENTRY_SYMBOL);
  if (symbol == nullptr) throw std::runtime_error("no entry");
  return reinterpret_cast<decltype(&eb_plugin_entry_v1)>(symbol)();
}

}  // namespace

LoadedPlugin::LoadedPlugin() : module_(entry_of_the_library()) {
  host_.size = sizeof host_;
  host_.ctx_host = this;
  host_.get_extension = [](void* ctx, eb_str id) -> const void* {
    if (view(id) == EB_EXT_DECIMAL) return &plugins::decimal_extension();
    static_cast<LoadedPlugin*>(ctx)->asked_for_more_ = true;
    return nullptr;
  };
  host_.log = [](void*, std::int32_t, eb_str, const eb_field*, std::uint32_t) {};
  host_.log_enabled = [](void*, std::int32_t) -> eb_bool { return 0; };
  host_.now = [](void*) -> eb_ts { return 0; };
  host_.set_error = [](void* ctx, eb_status, eb_str text) {
    static_cast<LoadedPlugin*>(ctx)->last_error_ = view(text);
  };
  eb_create_args args{};
  args.size = sizeof args;
  plugin_.size = sizeof plugin_;
  if (module_->factory->create(&host_, &args, &plugin_) != EB_OK) {
    throw std::runtime_error("create: " + last_error_);
  }
  table_ = static_cast<const eb_exchange_v1*>(
      plugin_.get_extension(plugin_.self_plug, str(EB_EXT_EXCHANGE)));
}

LoadedPlugin::~LoadedPlugin() { plugin_.destroy(plugin_.self_plug); }

}  // namespace everbit::test
