#include "base/name_lookup.h"

#include <netdb.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace everbit {
namespace {

constexpr std::size_t kMostOfOneHost = 3;
constexpr std::size_t kMost = 16;

Result<NameLookup::Addresses> resolve(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (code != 0) return Error("DNS_FAILED", ::gai_strerror(code));
  NameLookup::Addresses addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_storage)) continue;
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
  }
  ::freeaddrinfo(list);
  if (addresses.empty()) return Error("DNS_FAILED", "no address");
  return addresses;
}

}  // namespace

struct NameLookup::Asker {
  explicit Asker(Done done_in) : done(std::move(done_in)) {}

  void tell(const Result<Addresses>& answer) {
    const std::lock_guard lock(mutex);
    if (const Done told = std::exchange(done, nullptr)) told(answer);
  }
  void forget() {
    const std::lock_guard lock(mutex);
    done = nullptr;
  }

  std::mutex mutex;  // held while `done` runs, so that forget() waits for it
  Done done;
};

namespace {

template <class Asker>
class Lookups {
 public:
  using Askers = std::vector<std::shared_ptr<Asker>>;

  // False when too many run already.
  bool join(const std::string& host, std::uint16_t port, const std::shared_ptr<Asker>& asker) {
    const std::lock_guard lock(mutex_);
    auto& running = running_[{host, port}];
    if (running.size() >= kMostOfOneHost) {
      running.back()->push_back(asker);
      return true;
    }
    const auto askers = std::make_shared<Askers>(1, asker);
    if (count_ >= kMost || !start(host, port, askers)) return false;
    running.push_back(askers);
    ++count_;
    return true;
  }

 private:
  using Key = std::pair<std::string, std::uint16_t>;

  bool start(const std::string& host, std::uint16_t port, const std::shared_ptr<Askers>& askers) {
    // The thread inherits the mask: a signal is never its business.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    bool started = true;
    try {
      std::thread([this, host, port, askers] { run(host, port, askers); }).detach();
    } catch (const std::system_error&) {
      started = false;
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
  }

  void run(const std::string& host, std::uint16_t port, const std::shared_ptr<Askers>& askers) {
    const auto answer = resolve(host, port, AI_ADDRCONFIG);
    {
      const std::lock_guard lock(mutex_);
      auto& running = running_[{host, port}];
      std::erase(running, askers);
      if (running.empty()) running_.erase({host, port});
      --count_;
    }
    // Nobody can join any more.
    for (const auto& asker : *askers) asker->tell(answer);
  }

  std::mutex mutex_;
  std::map<Key, std::vector<std::shared_ptr<Askers>>> running_;
  std::size_t count_ = 0;
};

}  // namespace

NameLookup NameLookup::begin(const std::string& host, std::uint16_t port, Done done) {
  // Never destroyed: a thread may still be in getaddrinfo when the process ends.
  static auto* const lookups = new Lookups<Asker>;
  if (auto numeric = resolve(host, port, AI_NUMERICHOST)) {
    done(std::move(numeric));
    return {};
  }
  const auto asker = std::make_shared<Asker>(std::move(done));
  if (!lookups->join(host, port, asker)) {
    asker->tell(Error("DNS_BUSY", "too many names are being looked up"));
  }
  return NameLookup(asker);
}

Result<NameLookup::Addresses> NameLookup::wait(const std::string& host, std::uint16_t port,
                                               Deadline deadline) {
  const auto promise = std::make_shared<std::promise<Result<Addresses>>>();
  auto future = promise->get_future();
  const NameLookup lookup = begin(
      host, port, [promise](Result<Addresses> answer) { promise->set_value(std::move(answer)); });
  if (future.wait_until(deadline.time()) != std::future_status::ready) {
    return Error("DNS_TIMEOUT", "no answer of the name servers in time");
  }
  return future.get();
}

NameLookup::~NameLookup() { cancel(); }

NameLookup& NameLookup::operator=(NameLookup&& other) noexcept {
  if (this != &other) {
    cancel();
    asker_ = std::move(other.asker_);
  }
  return *this;
}

void NameLookup::cancel() {
  if (asker_) asker_->forget();
  asker_.reset();
}

}  // namespace everbit
