#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "bus-postgres/maintenance.h"
#include "bus-postgres/subscription.h"

namespace everbit::bus_postgres {

// An opened bus: its groups, its connections and its two threads (Signal, Maintenance). Any thread,
// except as the ABI's tags say; subscriptions must be closed before it is destroyed.
class Bus {
 public:
  // Throws eb::Failure for settings it does not know, and when the database cannot be reached.
  Bus(const eb_host& host, const eb_field* config, std::uint32_t n);

  eb_status publish(const eb_tx& tx, const Strided<const eb_bus_event>& events);
  void committed(const eb_str* streams, std::uint32_t n);
  // Throws eb::Failure.
  std::shared_ptr<Subscription> subscribe(const eb_sub_opts& options);
  eb_status dead_requeue(std::string_view group, const std::uint8_t (*event_ids)[16],
                         std::uint32_t n);
  // Every subscription that is still open; they refuse further calls.
  void close();

  Shared& shared() { return *shared_; }
  eb_status fail(eb_status status, std::string_view text) const;

 private:
  struct Config {
    std::string url;
    std::string instance = "everbit";
    std::size_t connections = 3;
  };
  static Config read_config(const eb_field* config, std::uint32_t n);
  void load_groups();
  bool covered_here(std::string_view stream);

  const eb_host& host_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Maintenance> maintenance_;
  std::vector<Group> groups_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace everbit::bus_postgres
