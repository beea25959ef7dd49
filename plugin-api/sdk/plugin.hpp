#pragma once

#include <memory>
#include <string_view>

#include "eb.hpp"
#include "everbit/plugin.h"

// The life of an instance of any kind.
//
// A plugin class P has
//   P(const Host&, const eb_create_args&)       throws Failure to refuse
//   static const void* extension(std::string_view id)   its vtables by id, null for others
// and may have
//   void start(); void stop(); void on_event(const eb_event&);
// The vtables it returns get the instance as self_plug: Instance<P>::of(self_plug).
namespace eb {

enum class Life { kCreated, kRunning, kStopped };

// One instance of P behind the C table. Owned by the host through self_plug, deleted by destroy.
template <class P>
struct Instance {
  const eb_host* host;
  Life life;
  P plugin;

  static Instance& of(void* self_plug) { return *static_cast<Instance*>(self_plug); }

  static eb_status create(const eb_host* host, const eb_create_args* args,
                          eb_plugin* out) noexcept {
    if (host == nullptr || args == nullptr || out == nullptr) return EB_ERR_ARGUMENT;
    return guard(host, [&] {
      auto instance = std::make_unique<Instance>(host, Life::kCreated, P(Host(host), *args));
      out->reserved0 = 0;
      out->start = &Instance::start;
      out->stop = &Instance::stop;
      out->destroy = &Instance::destroy;
      out->on_event = &Instance::on_event;
      out->get_extension = &Instance::get_extension;
      out->self_plug = instance.release();
    });
  }

  Instance(const eb_host* the_host, Life first, P&& made)
      : host(the_host), life(first), plugin(std::move(made)) {}

  // Runs body if the instance is in this state; any other call is refused, never undefined.
  template <class Body>
  static eb_status in_state(void* self_plug, Life wanted, Body&& body) noexcept {
    if (self_plug == nullptr) return EB_ERR_ARGUMENT;
    Instance& self = of(self_plug);
    if (self.life != wanted) return refuse_state(self.host);
    return guard(self.host, [&] { return body(self); });
  }
  static eb_status refuse_state(const eb_host* host) noexcept {
    detail::tell(host, EB_ERR_STATE, "not allowed in this state of the instance");
    return EB_ERR_STATE;
  }

 private:
  static eb_status start(void* self_plug) noexcept {
    return in_state(self_plug, Life::kCreated, [](Instance& self) {
      if constexpr (requires { self.plugin.start(); }) self.plugin.start();
      self.life = Life::kRunning;
    });
  }
  static eb_status stop(void* self_plug) noexcept {
    return in_state(self_plug, Life::kRunning, [](Instance& self) {
      self.life = Life::kStopped;
      if constexpr (requires { self.plugin.stop(); }) self.plugin.stop();
    });
  }
  static void destroy(void* self_plug) noexcept {
    if (self_plug != nullptr) delete &of(self_plug);
  }
  static eb_status on_event(void* self_plug, const eb_event* event) noexcept {
    return in_state(self_plug, Life::kRunning, [&](Instance& self) {
      if constexpr (requires { self.plugin.on_event(*event); }) self.plugin.on_event(*event);
    });
  }
  static const void* get_extension(void*, eb_str id) noexcept { return P::extension(view(id)); }
};

}  // namespace eb

// The one exported symbol of a plugin whose manifest text stands before it. Use once, at file
// scope:
//   EB_MANIFEST("generation=1\n" …);
//   EB_PLUGIN(my::Strategy)
#define EB_PLUGIN(P)                                                                     \
  EB_EXTERN_C EB_EXPORT const eb_module* eb_plugin_entry_v1(void) {                      \
    static const eb_descriptor descriptor = {sizeof(eb_descriptor), EB_ABI_GENERATION,   \
                                             EB_MANIFEST_TEXT};                          \
    static const eb_factory factory = {sizeof(eb_factory), 0, &eb::Instance<P>::create}; \
    static const eb_module module = {sizeof(eb_module), 0, &descriptor, &factory};       \
    return &module;                                                                      \
  }
