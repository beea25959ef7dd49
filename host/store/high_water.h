#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "base/uuid.h"

namespace everbit::store {

// The file state/high-water: the newest attempt whose order may have reached the exchange, as one
// line with its UUID v7. It lies beside the database, not in it: a database whose newest attempt is
// older was put back from somewhere. Written in place into the page cache, so that it outlives the
// process and costs an order no wait; what a power loss takes back makes it older, never newer.
//
// Owned by the trader, of which there is one. Any thread.
class HighWater {
 public:
  // Makes the file where there is none. Codes HIGH_WATER_FILE; HIGH_WATER_DAMAGED when it holds
  // something else: nothing is known then about the age of the data.
  static Result<std::unique_ptr<HighWater>> open(const std::filesystem::path& path);
  // What the file says, without becoming its writer; none when there is no file. Same codes.
  static Result<std::optional<Uuid>> read(const std::filesystem::path& path);

  ~HighWater();
  HighWater(const HighWater&) = delete;
  HighWater& operator=(const HighWater&) = delete;

  std::optional<Uuid> mark() const;
  // Directly before an attempt's first byte. An older attempt changes nothing.
  void raise(const Uuid& attempt);

 private:
  HighWater(int fd, std::optional<Uuid> mark) : fd_(fd), mark_(mark) {}

  const int fd_;
  mutable std::mutex mutex_;
  std::optional<Uuid> mark_;
};

}  // namespace everbit::store
