#include "net/http_types.h"

namespace everbit::net {

std::string_view HttpResponse::header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::string_view to_string(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kAnswered:
      return "answered";
    case CallOutcome::kNotSent:
      return "not sent";
    case CallOutcome::kUnknownOutcome:
      return "unknown outcome";
  }
  return "?";
}

std::string_view to_string(CallFailure failure) {
  switch (failure) {
    case CallFailure::kNone:
      return "none";
    case CallFailure::kInvalidRequest:
      return "invalid request";
    case CallFailure::kBusy:
      return "too many calls";
    case CallFailure::kRateLimited:
      return "no rate token in time";
    case CallFailure::kBlocked:
      return "blocked by 418";
    case CallFailure::kDns:
      return "dns";
    case CallFailure::kConnect:
      return "connect";
    case CallFailure::kTls:
      return "tls";
    case CallFailure::kTimeout:
      return "timeout";
    case CallFailure::kClosed:
      return "connection closed";
    case CallFailure::kBadResponse:
      return "bad response";
    case CallFailure::kTooLarge:
      return "response too large";
    case CallFailure::kCancelled:
      return "cancelled";
    case CallFailure::kSendByPassed:
      return "send-by time passed";
    case CallFailure::kGateClosed:
      return "gate closed";
    case CallFailure::kAlreadySent:
      return "already sent";
    case CallFailure::kInternal:
      return "internal error";
  }
  return "?";
}

}  // namespace everbit::net
