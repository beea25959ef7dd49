#include "plugins/module.h"

#include "plugins/abi_struct.h"

namespace everbit::plugins {

Result<eb_factory> inspect_module(EntryFunction entry, std::string_view note) {
  const eb_module* first = entry();
  if (first == nullptr) return Error("PLUGIN_ENTRY", "its entry returns nothing");
  if (entry() != first) {
    return Error("PLUGIN_ENTRY", "its entry is not pure: it returns another module each time");
  }
  const auto module = adopt(first, kModuleBaseline);
  if (!module) return Error("PLUGIN_ENTRY", "its module struct is smaller than generation 1's");
  const auto descriptor = adopt(module->descriptor, kDescriptorBaseline);
  if (!descriptor) {
    return Error("PLUGIN_ENTRY", "its descriptor is missing or smaller than generation 1's");
  }
  if (descriptor->generation != EB_ABI_GENERATION) {
    return Error("PLUGIN_ABI_GENERATION", "its descriptor names another generation of the ABI");
  }
  const eb_str text = descriptor->manifest;
  if (text.ptr == nullptr || std::string_view(text.ptr, text.len) != note) {
    return Error("PLUGIN_DESCRIPTOR", "its descriptor differs from the note in the file");
  }
  const auto factory = adopt(module->factory, kFactoryBaseline);
  if (!factory || factory->create == nullptr) {
    return Error("PLUGIN_ENTRY", "its factory is missing or smaller than generation 1's");
  }
  return *factory;
}

}  // namespace everbit::plugins
