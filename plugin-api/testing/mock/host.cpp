#include "mock/host.h"

#include <algorithm>

#include "everbit/ext/decimal.h"
#include "plugins/services/decimal_extension.h"

namespace everbit::mock {

namespace {

constexpr std::size_t kMaxTimers = 64;
constexpr std::size_t kMaxWork = 16;
constexpr std::uint64_t kMaxMessage = 1024 * 1024;

Host& host_of(void* ctx) { return *static_cast<Host*>(ctx); }

std::string to_string(eb_str text) {
  return text.ptr == nullptr ? std::string() : std::string(text.ptr, text.len);
}

std::string to_string(eb_bytes bytes) {
  return bytes.ptr == nullptr ? std::string()
                              : std::string(reinterpret_cast<const char*>(bytes.ptr), bytes.len);
}

std::vector<std::pair<std::string, std::string>> to_pairs(const eb_field* fields, std::uint64_t n) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::uint64_t i = 0; i < n; ++i) {
    pairs.emplace_back(to_string(fields[i].key), to_string(fields[i].value));
  }
  return pairs;
}

}  // namespace

Host::Host()
    : timer_table_{sizeof timer_table_, 0, this, timer_set, timer_cancel},
      worker_table_{sizeof worker_table_, 0, this, work_submit},
      http_table_{sizeof http_table_, 0, this, http_start, http_cancel},
      ws_table_{sizeof ws_table_, 0, this, ws_open, ws_send, ws_close},
      thread_check_table_{sizeof thread_check_table_, 0, this,
                          [](void* ctx) -> eb_bool {
                            return host_of(ctx).strand_ == std::this_thread::get_id() ? 1 : 0;
                          }},
      host_{sizeof host_,
            0,
            this,
            get_extension,
            log,
            [](void*, std::int32_t) -> eb_bool { return 1; },
            [](void* ctx) -> eb_ts { return host_of(ctx).now; },
            set_error} {}

void Host::enter_strand(bool running) {
  strand_ = std::this_thread::get_id();
  running_ = running;
}

void Host::leave_strand() { strand_ = std::thread::id(); }

// Services tagged [strand & running].
bool Host::allowed(const char* what) {
  if (strand_ != std::this_thread::get_id()) {
    violations.add(std::string(what) + " called off the strand");
    return false;
  }
  if (!running_) {
    violations.add(std::string(what) + " called while the instance does not run");
    return false;
  }
  return true;
}

eb_status Host::begin(const char* what, std::uint64_t* op) {
  if (!allowed(what)) return EB_ERR_STATE;
  if (op == nullptr) return EB_ERR_ARGUMENT;
  if (next_start_fails) {
    const eb_status status = *next_start_fails;
    next_start_fails.reset();
    return status;
  }
  *op = ++last_handle_;
  return EB_OK;
}

const void* Host::get_extension(void* ctx, eb_str id) {
  auto& self = host_of(ctx);
  const std::string name = to_string(id);
  self.asked.push_back(name);
  if (self.withheld.contains(name)) return nullptr;
  if (name == EB_EXT_DECIMAL) return &plugins::decimal_extension();
  if (name == EB_EXT_TIMER) return &self.timer_table_;
  if (name == EB_EXT_WORKER) return &self.worker_table_;
  if (name == EB_EXT_HTTP) return &self.http_table_;
  if (name == EB_EXT_WS) return &self.ws_table_;
  if (name == EB_EXT_THREAD_CHECK) return &self.thread_check_table_;
  return nullptr;
}

void Host::log(void* ctx, std::int32_t level, eb_str event, const eb_field* fields,
               std::uint32_t n) {
  LogLine line{level, to_string(event), {}};
  for (auto& [key, value] : to_pairs(fields, n)) line.fields[key] = value;
  host_of(ctx).logs.push_back(std::move(line));
}

void Host::set_error(void* ctx, eb_status code, eb_str text) {
  auto& self = host_of(ctx);
  if (code >= 0) self.violations.add("set_error with a code that is no error");
  self.errors.push_back({code, to_string(text)});
}

eb_status Host::timer_set(void* ctx, eb_ts at, std::uint64_t* timer) {
  auto& self = host_of(ctx);
  if (self.timers.size() >= kMaxTimers) return EB_ERR_BUSY;
  const eb_status status = self.begin("timer.set", timer);
  if (status == EB_OK) self.timers[*timer] = at;
  return status;
}

eb_status Host::timer_cancel(void* ctx, std::uint64_t timer) {
  auto& self = host_of(ctx);
  if (!self.allowed("timer.cancel")) return EB_ERR_STATE;
  return self.timers.erase(timer) == 1 ? EB_OK : EB_ERR_NOT_FOUND;
}

eb_status Host::work_submit(void* ctx, eb_bytes message, std::uint64_t* op) {
  auto& self = host_of(ctx);
  if (message.len > kMaxMessage) return EB_ERR_TOO_LARGE;
  if (self.work.size() >= kMaxWork) return EB_ERR_BUSY;
  const eb_status status = self.begin("worker.submit", op);
  if (status == EB_OK) self.work.push_back({*op, to_string(message)});
  return status;
}

eb_status Host::http_start(void* ctx, const eb_http_request* request, std::uint64_t* op) {
  auto& self = host_of(ctx);
  const eb_status status = self.begin("http.start", op);
  if (status != EB_OK) return status;
  self.http.push_back({*op, to_string(request->method), to_string(request->url),
                       to_pairs(request->headers, request->n_headers), to_string(request->body),
                       false});
  return EB_OK;
}

eb_status Host::http_cancel(void* ctx, std::uint64_t op) {
  auto& self = host_of(ctx);
  if (!self.allowed("http.cancel")) return EB_ERR_STATE;
  const auto found = std::ranges::find(self.http, op, &HttpRequest::op);
  if (found == self.http.end()) return EB_ERR_NOT_FOUND;
  found->cancelled = true;
  return EB_OK;
}

eb_status Host::ws_open(void* ctx, const eb_ws_request* request, std::uint64_t* connection) {
  auto& self = host_of(ctx);
  const eb_status status = self.begin("ws.open", connection);
  if (status != EB_OK) return status;
  self.ws.push_back(
      {*connection, to_string(request->url), to_pairs(request->headers, request->n_headers), {}});
  return EB_OK;
}

eb_status Host::ws_send(void* ctx, std::uint64_t connection, eb_bytes text) {
  auto& self = host_of(ctx);
  if (!self.allowed("ws.send")) return EB_ERR_STATE;
  const auto found = std::ranges::find(self.ws, connection, &WsConnection::connection);
  if (found == self.ws.end()) return EB_ERR_NOT_FOUND;
  found->sent.push_back(to_string(text));
  return EB_OK;
}

eb_status Host::ws_close(void* ctx, std::uint64_t connection) {
  auto& self = host_of(ctx);
  if (!self.allowed("ws.close")) return EB_ERR_STATE;
  return std::erase_if(self.ws, [&](const auto& ws) { return ws.connection == connection; }) == 1
             ? EB_OK
             : EB_ERR_NOT_FOUND;
}

}  // namespace everbit::mock
