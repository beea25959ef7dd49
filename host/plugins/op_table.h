#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "everbit/status.h"
#include "plugins/handle_table.h"

namespace everbit::plugins {

// The open asynchronous operations of one instance. An operation leaves the table exactly once, and
// whoever took it out delivers its one terminal event. Any thread.
class OpTable {
 public:
  using Cancel = std::function<void()>;

  // An operation that was taken out, and what its end must say if nothing is known of it.
  struct Ended {
    std::uint64_t op = 0;
    // EB_ERR_CANCELLED while no byte had left, else EB_ERR_UNKNOWN_OUTCOME.
    eb_status status = EB_ERR_CANCELLED;
    // Tells the service to stop; may be empty.
    Cancel cancel;
  };

  explicit OpTable(std::size_t capacity = 256) : ops_(capacity) {}

  // Nothing when too many are open.
  std::optional<std::uint64_t> begin();
  void set_cancel(std::uint64_t op, Cancel cancel);
  // Asked immediately before the first byte leaves: false if the operation was ended, and then no
  // byte may leave.
  bool begin_sending(std::uint64_t op);
  bool is_open(std::uint64_t op) const;
  std::vector<std::uint64_t> open() const;
  std::size_t open_count() const { return open().size(); }
  // Runs its cancel function; EB_ERR_NOT_FOUND if it ended.
  eb_status request_cancel(std::uint64_t op);
  // Nothing if it has left already.
  std::optional<Ended> take(std::uint64_t op);
  // All that are open, oldest first.
  std::vector<Ended> take_all();

 private:
  struct Op {
    std::uint64_t order = 0;
    bool sent = false;
    Cancel cancel;
  };
  std::optional<Ended> take_locked(std::uint64_t op);

  mutable std::mutex mutex_;
  mutable HandleTable<Op> ops_;
  std::uint64_t begun_ = 0;
};

}  // namespace everbit::plugins
