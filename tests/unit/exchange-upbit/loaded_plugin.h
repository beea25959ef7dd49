#pragma once

#include <string>

#include "everbit/plugin.h"
#include "plugins/exchange/exchange_codec.h"

namespace everbit::test {

// exchange-upbit.so behind its entry, with a host that grants eb.decimal/1 and nothing else.
class LoadedPlugin {
 public:
  LoadedPlugin();
  ~LoadedPlugin();
  LoadedPlugin(const LoadedPlugin&) = delete;
  LoadedPlugin& operator=(const LoadedPlugin&) = delete;

  const eb_module& module() const { return *module_; }
  const eb_host& host() const { return host_; }
  const eb_exchange_v1& table() const { return *table_; }
  void* self() const { return plugin_.self_plug; }
  plugins::ExchangeCodec codec() const { return {table_, plugin_.self_plug}; }
  // What set_error was told last.
  const std::string& last_error() const { return last_error_; }
  // Whether anything but eb.decimal/1 was asked for.
  bool asked_for_more() const { return asked_for_more_; }

 private:
  eb_host host_{};
  eb_plugin plugin_{};
  const eb_module* module_ = nullptr;
  const eb_exchange_v1* table_ = nullptr;
  std::string last_error_;
  bool asked_for_more_ = false;
};

inline constexpr plugins::Credentials kKeys{"test-access-key",
                                            "test-secret-key-0123456789abcdefghijklmn"};
inline constexpr std::string_view kNonce = "b2f1e3f8-2dc1-4d6f-a838-c74c49b0e39a";

}  // namespace everbit::test
