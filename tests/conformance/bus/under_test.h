#pragma once

#include <memory>
#include <string>

#include "events/bus.h"

namespace everbit::conformance {

// What a program says of the bus that it tests.
struct BusUnderTest {
  std::string plugin;  // file name in <build>/plugins
  // Settings beside database_url and instance.
  events::Bus::Config config;
};
const BusUnderTest& bus_under_test();

// A bus plugin, loaded and opened with a host that only logs to nobody.
class OpenBus {
 public:
  OpenBus(const std::string& plugin_file, const std::string& dsn, const std::string& instance,
          const events::Bus::Config& more = {});
  ~OpenBus();
  OpenBus(const OpenBus&) = delete;
  OpenBus& operator=(const OpenBus&) = delete;
  events::Bus& operator*() { return *bus_; }
  events::Bus* operator->() { return bus_.get(); }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::unique_ptr<events::Bus> bus_;
};

// <build>/plugins/<name>
std::string plugin_path(const std::string& name);

}  // namespace everbit::conformance
