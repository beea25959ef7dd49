#pragma once

#include "everbit/ext/thread_check.h"
#include "plugins/services/service.h"

namespace everbit::plugins {

class Instance;

// eb.thread_check/1 of one instance.
class ThreadCheckService final : public Service {
 public:
  explicit ThreadCheckService(const Instance& instance);
  const void* extension() const override { return &extension_; }

 private:
  eb_thread_check_v1 extension_;
};

}  // namespace everbit::plugins
