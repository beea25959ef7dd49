#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "redis/address.h"
#include "redis/reply.h"

namespace everbit::redis {

// One connection, used by one thread at a time. After any error but REDIS_REFUSED it is of no use:
// a late reply could be taken for the next command's.
class Connection {
 public:
  // Connects, logs in, chooses the database; all before the deadline. Codes: REDIS_UNAVAILABLE,
  // REDIS_TIMEOUT, REDIS_REFUSED, DNS_*.
  static Result<Connection> open(const Address& address, Deadline deadline);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One command and its reply. REDIS_REFUSED: Redis answered with an error, which is the message.
  // After REDIS_TIMEOUT and REDIS_UNAVAILABLE it may have been done or not.
  Result<Reply> command(std::span<const std::string_view> words, Deadline deadline);

  // The server has neither closed the connection nor said anything unasked.
  bool is_quiet() const;

 private:
  struct Wire;
  explicit Connection(std::unique_ptr<Wire> wire);
  std::unique_ptr<Wire> wire_;
};

}  // namespace everbit::redis
