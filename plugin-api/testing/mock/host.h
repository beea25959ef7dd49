#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "everbit/ext/http.h"
#include "everbit/ext/thread_check.h"
#include "everbit/ext/timer.h"
#include "everbit/ext/worker.h"
#include "everbit/ext/ws.h"
#include "everbit/host.h"
#include "mock/violations.h"

namespace everbit::mock {

struct LogLine {
  std::int32_t level = 0;
  std::string event;
  std::map<std::string, std::string> fields;
};

struct SetError {
  eb_status code = EB_OK;
  std::string text;
};

// An eb.http/1 request that a plugin started and that waits for the test's answer.
struct HttpRequest {
  std::uint64_t op = 0;
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool cancelled = false;
};

struct WorkRequest {
  std::uint64_t op = 0;
  std::string message;
};

struct WsConnection {
  std::uint64_t connection = 0;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> sent;
};

// The host as one instance sees it, entirely in the hands of a test: its clock stands still,
// nothing happens on the network, what the plugin asks for waits here until the test answers. It
// notes every rule of the ABI that the plugin breaks. Owned by mock::Instance; the test's thread.
class Host {
 public:
  Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const eb_host* get() const { return &host_; }

  // Trading time; never moves by itself.
  eb_ts now = 1'700'000'000'000'000'000;
  // Faults: the next start of an operation answers this instead, once.
  std::optional<eb_status> next_start_fails;
  // Extensions that get_extension answers null for. Everything the mock has is granted otherwise.
  std::set<std::string, std::less<>> withheld;

  std::vector<LogLine> logs;
  std::vector<SetError> errors;
  std::vector<HttpRequest> http;
  std::vector<WorkRequest> work;
  std::vector<WsConnection> ws;
  // Timers that are set, by handle.
  std::map<std::uint64_t, eb_ts> timers;
  // Every id that was asked for.
  std::vector<std::string> asked;
  Violations violations;

  // For mock::Instance: which thread is the strand at this moment, and whether the plugin runs.
  void enter_strand(bool running);
  void leave_strand();

 private:
  bool allowed(const char* what);
  eb_status begin(const char* what, std::uint64_t* op);

  static const void* get_extension(void* ctx, eb_str id);
  static void log(void* ctx, std::int32_t level, eb_str event, const eb_field* fields,
                  std::uint32_t n);
  static void set_error(void* ctx, eb_status code, eb_str text);
  static eb_status timer_set(void* ctx, eb_ts at, std::uint64_t* timer);
  static eb_status timer_cancel(void* ctx, std::uint64_t timer);
  static eb_status work_submit(void* ctx, eb_bytes message, std::uint64_t* op);
  static eb_status http_start(void* ctx, const eb_http_request* request, std::uint64_t* op);
  static eb_status http_cancel(void* ctx, std::uint64_t op);
  static eb_status ws_open(void* ctx, const eb_ws_request* request, std::uint64_t* connection);
  static eb_status ws_send(void* ctx, std::uint64_t connection, eb_bytes text);
  static eb_status ws_close(void* ctx, std::uint64_t connection);

  std::uint64_t last_handle_ = 0x100000000;
  std::atomic<std::thread::id> strand_{};
  std::atomic<bool> running_{false};
  eb_timer_v1 timer_table_;
  eb_worker_v1 worker_table_;
  eb_http_v1 http_table_;
  eb_ws_v1 ws_table_;
  eb_thread_check_v1 thread_check_table_;
  eb_host host_;
};

}  // namespace everbit::mock
