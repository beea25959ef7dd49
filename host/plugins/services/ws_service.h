#pragma once

#include <memory>

#include "everbit/ext/ws.h"
#include "plugins/handle_table.h"
#include "plugins/services/service.h"

namespace everbit::plugins {

class Instance;

// eb.ws/1 of one instance: at most 8 connections, which the host keeps up. A plugin that reads too
// slowly loses the connection, never a single message.
class WsService final : public Service {
 public:
  explicit WsService(Instance& instance);
  ~WsService() override;
  const void* extension() const override { return &extension_; }
  void stop() override;
  bool wait(Deadline deadline) override;

 private:
  struct Connection;

  static eb_status open(void* ctx, const eb_ws_request* request, std::uint64_t* connection);
  static eb_status send(void* ctx, std::uint64_t connection, eb_bytes text);
  static eb_status close(void* ctx, std::uint64_t connection);
  // The client's stop() waits for I/O threads, and the strand runs on one of them.
  void retire(std::shared_ptr<Connection> connection);

  Instance& instance_;
  HandleTable<std::shared_ptr<Connection>> connections_;
  eb_ws_v1 extension_;
};

}  // namespace everbit::plugins
