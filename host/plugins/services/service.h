#pragma once

#include "base/deadline.h"

namespace everbit::plugins {

// What stands behind one granted extension of one instance.
class Service {
 public:
  virtual ~Service() = default;
  // The struct of the extension; valid as long as the service.
  virtual const void* extension() const = 0;
  // [strand] No event of it comes afterwards.
  virtual void stop() {}
  // [ctl] Waits until no code of the plugin runs for it; false when the deadline came first.
  virtual bool wait(Deadline) { return true; }
};

}  // namespace everbit::plugins
