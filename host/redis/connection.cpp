#include "redis/connection.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/name_lookup.h"

namespace everbit::redis {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::size_t kMostReplyBytes = 8 * 1024 * 1024;

Error unavailable(const char* what) { return Error("REDIS_UNAVAILABLE", what); }
Error timed_out(const char* what) { return Error("REDIS_TIMEOUT", what); }

struct FreeReader {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
struct FreeCommand {
  void operator()(char* command) const { redisFreeCommand(command); }
};

Reply to_reply(const redisReply& raw) {
  switch (raw.type) {
    case REDIS_REPLY_INTEGER:
      return Reply(static_cast<std::int64_t>(raw.integer));
    case REDIS_REPLY_ARRAY: {
      Reply::List items;
      items.reserve(raw.elements);
      for (std::size_t i = 0; i < raw.elements; ++i) items.push_back(to_reply(*raw.element[i]));
      return Reply(std::move(items));
    }
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      return Reply(std::string(raw.str, raw.len));
    default:
      return {};
  }
}

}  // namespace

// The socket, and hiredis where it only reads and writes memory: its own sockets know a time limit
// for each call of the kernel but none for a whole command, resolve names without any, and raise
// SIGPIPE.
struct Connection::Wire {
  Wire() = default;
  ~Wire() {
    if (fd >= 0) ::close(fd);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Waits until the socket is ready for `events`.
  bool wait(short events, Deadline deadline) const;
  Result<void> connect(const sockaddr* address, socklen_t size, int family, Deadline deadline);
  Result<void> write(std::string_view bytes, Deadline deadline) const;
  Result<Reply> read(Deadline deadline);
  Result<void> expect_ok(std::span<const std::string_view> words, Deadline deadline);
  Result<Reply> command(std::span<const std::string_view> words, Deadline deadline);

  int fd = -1;
  std::unique_ptr<redisReader, FreeReader> reader{redisReaderCreate()};
};

bool Connection::Wire::wait(short events, Deadline deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining()).count();
    pollfd entry{fd, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (deadline.expired()) return false;
  }
}

Result<void> Connection::Wire::connect(const sockaddr* address, socklen_t size, int family,
                                       Deadline deadline) {
  if (fd >= 0) ::close(fd);
  fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return unavailable(std::strerror(errno));
  const int on = 1;
  if (family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, address, size) == 0) return {};
  // A full backlog of a Unix socket says EAGAIN; there is nothing to wait for.
  if (errno != EINPROGRESS) return unavailable(std::strerror(errno));
  if (!wait(POLLOUT, deadline)) return timed_out("no connection in time");
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return unavailable(std::strerror(error));
  return {};
}

Result<void> Connection::Wire::write(std::string_view bytes, Deadline deadline) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!wait(POLLOUT, deadline)) return timed_out("Redis takes nothing");
    } else if (errno != EINTR) {
      return unavailable("the connection broke");
    }
  }
  return {};
}

Result<Reply> Connection::Wire::read(Deadline deadline) {
  std::array<char, kChunk> chunk;
  std::size_t total = 0;
  for (;;) {
    void* raw = nullptr;
    if (redisReaderGetReply(reader.get(), &raw) != REDIS_OK) {
      return unavailable("what came is not Redis");
    }
    const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(raw));
    if (reply && reply->type == REDIS_REPLY_ERROR) {
      return Error("REDIS_REFUSED", std::string(reply->str, reply->len));
    }
    if (reply) return to_reply(*reply);
    // Also between the bytes: a server that drips must not stretch the time.
    if (deadline.expired() || !wait(POLLIN, deadline)) return timed_out("no reply in time");
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got == 0) return unavailable("Redis closed the connection");
    if (got < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) continue;
      return unavailable("the connection broke");
    }
    total += static_cast<std::size_t>(got);
    if (total > kMostReplyBytes) return unavailable("the reply is too large");
    redisReaderFeed(reader.get(), chunk.data(), static_cast<std::size_t>(got));
  }
}

Result<Reply> Connection::Wire::command(std::span<const std::string_view> words,
                                        Deadline deadline) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* formatted = nullptr;
  const int size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()), texts.data(),
                                          sizes.data());
  if (size < 0) return unavailable("no memory");
  const std::unique_ptr<char, FreeCommand> bytes(formatted);
  const std::string_view view(bytes.get(), static_cast<std::size_t>(size));
  const auto written = write(view, deadline);
  // It may hold a password.
  wipe(bytes.get(), view.size());
  if (!written) return written.error();
  return read(deadline);
}

Result<void> Connection::Wire::expect_ok(std::span<const std::string_view> words,
                                         Deadline deadline) {
  auto reply = command(words, deadline);
  if (!reply) return reply.error();
  return {};
}

Connection::Connection(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Result<Connection> Connection::open(const Address& address, Deadline deadline) {
  auto wire = std::make_unique<Wire>();
  Result<void> done = unavailable("no address");
  if (address.host.empty()) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    if (address.socket_path.size() >= sizeof local.sun_path) return unavailable("path too long");
    std::memcpy(local.sun_path, address.socket_path.data(), address.socket_path.size());
    done =
        wire->connect(reinterpret_cast<const sockaddr*>(&local), sizeof local, AF_UNIX, deadline);
  } else {
    const auto addresses = NameLookup::wait(address.host, address.port, deadline);
    if (!addresses) return addresses.error();
    for (const SocketAddress& one : *addresses) {
      done = wire->connect(one.get(), one.size, one.storage.ss_family, deadline);
      if (done || deadline.expired()) break;
    }
  }
  if (done && !address.password.empty()) {
    std::vector<std::string_view> auth{"AUTH"};
    if (!address.user.empty()) auth.push_back(address.user);
    auth.push_back(address.password.reveal());
    done = wire->expect_ok(auth, deadline);
  }
  if (done && address.database != 0) {
    const std::string number = std::to_string(address.database);
    done = wire->expect_ok(std::array<std::string_view, 2>{"SELECT", number}, deadline);
  }
  if (!done) return done.error();
  return Connection(std::move(wire));
}

Result<Reply> Connection::command(std::span<const std::string_view> words, Deadline deadline) {
  return wire_->command(words, deadline);
}

bool Connection::is_quiet() const {
  char byte = 0;
  const ssize_t got = ::recv(wire_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace everbit::redis
