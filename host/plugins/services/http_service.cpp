#include "plugins/services/http_service.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "net/http_client.h"
#include "net/io_threads.h"
#include "plugins/buffers.h"
#include "plugins/instance.h"

namespace everbit::plugins {

namespace {

constexpr std::int64_t kDefaultTimeoutMs = 8000;
constexpr std::int64_t kMaxTimeoutMs = 60'000;
constexpr std::uint32_t kMaxHeaders = 64;
constexpr std::uint64_t kMaxBody = 4 * 1024 * 1024;

std::optional<net::HttpMethod> parse_method(std::string_view text) {
  if (text == "GET") return net::HttpMethod::kGet;
  if (text == "POST") return net::HttpMethod::kPost;
  if (text == "PUT") return net::HttpMethod::kPut;
  if (text == "DELETE") return net::HttpMethod::kDelete;
  return std::nullopt;
}

bool may_reach(const net::Origin& origin, const Services& services) {
  return origin.tls || std::ranges::find(services.plain_origins, origin.authority()) !=
                           services.plain_origins.end();
}

// Nothing for what the extension does not allow.
std::optional<net::HttpCall> to_call(const eb_http_request& from, const Services& services) {
  const auto method = parse_method(from_abi(from.method));
  const auto url = net::parse_url(from_abi(from.url));
  const bool sized = from.n_headers <= kMaxHeaders && from.body.len <= kMaxBody &&
                     from.timeout_ms >= 0 && from.timeout_ms <= kMaxTimeoutMs;
  if (!method || !url || !sized || !may_reach(url->origin, services)) return std::nullopt;
  net::HttpCall call;
  call.request.method = *method;
  call.request.origin = url->origin;
  call.request.target = url->target;
  call.request.body = std::string(from_abi(from.body));
  for (std::uint32_t n = 0; n < from.n_headers; ++n) {
    call.request.headers.push_back(
        {std::string(from_abi(from.headers[n].key)), std::string(from_abi(from.headers[n].value))});
  }
  net::HttpTimeouts timeouts;
  timeouts.whole =
      std::chrono::milliseconds(from.timeout_ms != 0 ? from.timeout_ms : kDefaultTimeoutMs);
  timeouts.connect = std::min(timeouts.connect, timeouts.whole);
  timeouts.read = timeouts.whole;
  call.timeouts = timeouts;
  return call;
}

OpResult to_result(net::HttpResult from) {
  OpResult to;
  switch (from.outcome) {
    case net::CallOutcome::kNotSent:
      to.status = from.failure == net::CallFailure::kCancelled ? EB_ERR_CANCELLED : EB_ERR_NOT_SENT;
      return to;
    case net::CallOutcome::kUnknownOutcome:
      to.status = EB_ERR_UNKNOWN_OUTCOME;
      return to;
    case net::CallOutcome::kAnswered:
      break;
  }
  to.http_status = from.response.status;
  for (auto& header : from.response.headers) {
    to.headers.emplace_back(std::move(header.name), std::move(header.value));
  }
  to.body = std::move(from.response.body);
  return to;
}

}  // namespace

HttpService::HttpService(Instance& instance)
    : instance_(instance), extension_{sizeof(eb_http_v1), 0, this, start, cancel} {}

eb_status HttpService::start(void* ctx, const eb_http_request* request, std::uint64_t* op) {
  Instance& instance = static_cast<HttpService*>(ctx)->instance_;
  if (request == nullptr || op == nullptr) return EB_ERR_ARGUMENT;
  if (!instance.may_serve()) return EB_ERR_STATE;
  const Services& services = instance.options().services;
  auto call = to_call(*request, services);
  if (!call) return EB_ERR_ARGUMENT;
  const auto begun = instance.ops().begin();
  if (!begun) return EB_ERR_BUSY;
  // The client tells truly whether a byte left; an end that is forced before it told must assume
  // so.
  instance.ops().begin_sending(*begun);
  const auto handle =
      services.http->send(std::move(*call), services.io->executor(),
                          [alive = instance.weak_from_this(), id = *begun](net::HttpResult result) {
                            if (const auto self = alive.lock())
                              self->complete(id, to_result(std::move(result)));
                          });
  instance.ops().set_cancel(*begun, [handle] { handle.cancel(); });
  *op = *begun;
  return EB_OK;
}

eb_status HttpService::cancel(void* ctx, std::uint64_t op) {
  Instance& instance = static_cast<HttpService*>(ctx)->instance_;
  if (!instance.may_serve()) return EB_ERR_STATE;
  return instance.ops().request_cancel(op);
}

}  // namespace everbit::plugins
