#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"

namespace everbit {

// An address to connect to, as the kernel takes it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// One question for the addresses of a host, which may be walked away from. getaddrinfo cannot be
// interrupted and may take half a minute when no name server answers, so it runs on a thread that
// nobody waits for: at most three for one host and 16 in all, further questions for the host share
// the newest. Addresses in digits are answered without one. Nothing is cached.
//
// Owned by who asks; after its destruction `done` is neither called nor running.
class NameLookup {
 public:
  using Addresses = std::vector<SocketAddress>;
  // Called once, by begin() itself or on a thread of the lookup, where it must not block.
  // Codes: DNS_FAILED, DNS_BUSY.
  using Done = std::function<void(Result<Addresses>)>;

  static NameLookup begin(const std::string& host, std::uint16_t port, Done done);
  // For a thread that may wait. Code DNS_TIMEOUT besides.
  static Result<Addresses> wait(const std::string& host, std::uint16_t port, Deadline deadline);

  NameLookup() = default;
  ~NameLookup();
  NameLookup(NameLookup&& other) noexcept = default;
  NameLookup& operator=(NameLookup&& other) noexcept;
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

 private:
  struct Asker;
  explicit NameLookup(std::shared_ptr<Asker> asker) : asker_(std::move(asker)) {}
  void cancel();

  std::shared_ptr<Asker> asker_;
};

}  // namespace everbit
