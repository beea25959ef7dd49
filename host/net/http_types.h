#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/origin.h"

namespace everbit::net {

enum class HttpMethod { kGet, kPost, kPut, kDelete };

struct HttpHeader {
  std::string name;
  std::string value;
};

// What is put on the wire. The client itself writes Host, Content-Length, User-Agent and
// Connection, and refuses a request that names one of them, names a header twice, or carries Origin
// (Upbit throttles it).
struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  Origin origin;
  std::string target = "/";  // path and query, already percent-encoded
  std::vector<HttpHeader> headers;
  std::string body;
};

// A request that may be repeated. It has no method and no body, so that nothing which changes the
// world can take the retrying path.
struct ReadRequest {
  Origin origin;
  std::string target = "/";
  std::vector<HttpHeader> headers;
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // names in lower case
  std::string body;
  std::optional<std::chrono::sys_seconds> date;  // the Date header, if readable

  // The first header of that name (given in lower case); empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// What is known about a call when it ended. The only question that matters for an order.
enum class CallOutcome {
  kAnswered,        // a whole response was read, whatever its status
  kNotSent,         // provably no byte of the request left this machine
  kUnknownOutcome,  // bytes left and no whole answer came: the other side may have acted
};

// Why a call was not answered, for logs, metrics and the few callers that must tell cases apart.
enum class CallFailure {
  kNone,
  kInvalidRequest,  // refused by the client: header rules, control characters, a guarded origin
  kBusy,            // more calls at once than the client allows
  kRateLimited,     // no token before the deadline
  kBlocked,         // the side is blocked by an earlier 418
  kDns,
  kConnect,
  kTls,
  kTimeout,
  kClosed,       // the peer closed or reset the connection
  kBadResponse,  // what came is not HTTP
  kTooLarge,     // the response passed its size limit
  kCancelled,
  kSendByPassed,  // create-order only: the send-by time was over
  kGateClosed,    // create-order only: the kill switch closed directly before the first byte
  kAlreadySent,   // create-order only: this attempt was marked as sent before; nothing was written
                  // now
  kInternal,
};

[[nodiscard]] std::string_view to_string(CallOutcome outcome);
[[nodiscard]] std::string_view to_string(CallFailure failure);

struct HttpResult {
  CallOutcome outcome = CallOutcome::kNotSent;
  CallFailure failure = CallFailure::kNone;
  std::string detail;     // for the log; holds no header, no body, no secret
  HttpResponse response;  // only when answered

  [[nodiscard]] bool answered() const { return outcome == CallOutcome::kAnswered; }
};

}  // namespace everbit::net
