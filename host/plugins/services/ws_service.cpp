#include "plugins/services/ws_service.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "net/io_threads.h"
#include "net/ws_client.h"
#include "plugins/buffers.h"
#include "plugins/instance.h"
#include "plugins/worker_pool.h"

namespace everbit::plugins {

namespace {

constexpr std::size_t kMaxConnections = 8;
constexpr std::size_t kMaxInbox = 1024;
constexpr std::uint64_t kMaxFrame = 64 * 1024;
constexpr std::uint32_t kMaxHeaders = 64;

struct Note {
  std::int32_t what = EB_WS_CLOSED;
  std::string message;
};

}  // namespace

// Shared by the client's handlers and the strand; the inbox keeps their order.
struct WsService::Connection : std::enable_shared_from_this<Connection> {
  std::weak_ptr<Instance> instance;
  std::uint64_t handle = 0;
  std::unique_ptr<net::WsClient> client;
  std::mutex mutex;
  std::deque<Note> inbox;
  bool closed = false;
  bool open = false;

  void take(Note note) {
    const auto alive = instance.lock();
    if (!alive) return;
    bool first = false;
    {
      const std::lock_guard lock(mutex);
      if (closed) return;
      first = inbox.empty();
      inbox.push_back(std::move(note));
    }
    // One posted task at a time, so that the strand's queue is bounded by the number of
    // connections.
    if (first) {
      alive->strand().post([self = shared_from_this()] { self->hand_over(); });
    }
  }

  void take_message(net::WsMessage message) {
    bool full = false;
    {
      const std::lock_guard lock(mutex);
      full = inbox.size() >= kMaxInbox;
    }
    if (full) {
      client->reconnect("the plugin reads too slowly");
    } else {
      take({EB_WS_MESSAGE, std::move(message.data)});
    }
  }

  void take_state(net::WsState state) {
    if (state == net::WsState::kConnected && !std::exchange(open, true)) take({EB_WS_OPEN, {}});
    if (state == net::WsState::kDisconnected && std::exchange(open, false)) {
      take({EB_WS_CLOSED, {}});
    }
  }

  void hand_over() {
    const auto alive = instance.lock();
    if (!alive) return;
    std::deque<Note> notes;
    {
      const std::lock_guard lock(mutex);
      notes.swap(inbox);
    }
    for (const auto& note : notes) {
      {
        const std::lock_guard lock(mutex);
        if (closed) return;
      }
      eb_ws_event event{};
      event.head = {sizeof event, EB_EVENT_WS, 0, 0, alive->options().clock->now().ns()};
      event.connection = handle;
      event.what = note.what;
      event.message = bytes_of(note.message);
      alive->deliver(event.head);
    }
  }

  void close() {
    const std::lock_guard lock(mutex);
    closed = true;
    inbox.clear();
  }
};

WsService::WsService(Instance& instance)
    : instance_(instance),
      connections_(kMaxConnections),
      extension_{sizeof(eb_ws_v1), 0, this, open, send, close} {}

WsService::~WsService() = default;

void WsService::stop() {
  for (const std::uint64_t handle : connections_.handles()) {
    auto connection = connections_.take(handle);
    (*connection)->close();
    retire(std::move(*connection));
  }
}

bool WsService::wait(Deadline) { return true; }

void WsService::retire(std::shared_ptr<Connection> connection) {
  const auto stop = [connection = std::move(connection)] { connection->client->stop(); };
  // Too busy: a thread of its own, rather than a socket that nobody closes.
  if (!instance_.options().services.workers->submit(stop)) std::thread(stop).detach();
}

eb_status WsService::open(void* ctx, const eb_ws_request* request, std::uint64_t* handle) {
  auto& self = *static_cast<WsService*>(ctx);
  if (request == nullptr || handle == nullptr) return EB_ERR_ARGUMENT;
  if (!self.instance_.may_serve()) return EB_ERR_STATE;
  const Services& services = self.instance_.options().services;
  const auto url = net::parse_url(from_abi(request->url));
  const bool plain_allowed =
      url && std::ranges::find(services.plain_origins, url->origin.authority()) !=
                 services.plain_origins.end();
  if (!url || request->n_headers > kMaxHeaders || (!url->origin.tls && !plain_allowed)) {
    return EB_ERR_ARGUMENT;
  }
  std::vector<net::HttpHeader> headers;
  for (std::uint32_t n = 0; n < request->n_headers; ++n) {
    headers.push_back({std::string(from_abi(request->headers[n].key)),
                       std::string(from_abi(request->headers[n].value))});
  }
  auto connection = std::make_shared<Connection>();
  connection->instance = self.instance_.weak_from_this();
  net::WsHandlers handlers;
  handlers.headers = [headers]() -> Result<std::vector<net::HttpHeader>> { return headers; };
  const auto weak = connection->weak_from_this();
  handlers.message = [weak](net::WsMessage message) {
    if (const auto alive = weak.lock()) alive->take_message(std::move(message));
  };
  handlers.state = [weak](net::WsState state, const std::string&) {
    if (const auto alive = weak.lock()) alive->take_state(state);
  };
  net::WsSettings settings;
  settings.url = *url;
  auto client =
      net::WsClient::make(*services.io, services.tls, std::move(settings), std::move(handlers),
                          boost::asio::make_strand(services.io->executor()));
  const auto added = self.connections_.add(connection);
  if (!added) return EB_ERR_BUSY;
  connection->handle = *added;
  connection->client = std::move(client);
  connection->client->start();
  *handle = *added;
  return EB_OK;
}

eb_status WsService::send(void* ctx, std::uint64_t handle, eb_bytes text) {
  auto& self = *static_cast<WsService*>(ctx);
  if (text.ptr == nullptr && text.len != 0) return EB_ERR_ARGUMENT;
  if (text.len > kMaxFrame) return EB_ERR_TOO_LARGE;
  if (!self.instance_.may_serve()) return EB_ERR_STATE;
  const auto* connection = self.connections_.find(handle);
  if (connection == nullptr) return EB_ERR_NOT_FOUND;
  net::WsClient& client = *(*connection)->client;
  if (client.state() != net::WsState::kConnected) return EB_ERR_STATE;
  return client.send_text(std::string(from_abi(text))) ? EB_OK : EB_ERR_BUSY;
}

eb_status WsService::close(void* ctx, std::uint64_t handle) {
  auto& self = *static_cast<WsService*>(ctx);
  if (!self.instance_.may_serve()) return EB_ERR_STATE;
  auto connection = self.connections_.take(handle);
  if (!connection) return EB_ERR_NOT_FOUND;
  (*connection)->close();
  self.retire(std::move(*connection));
  return EB_OK;
}

}  // namespace everbit::plugins
