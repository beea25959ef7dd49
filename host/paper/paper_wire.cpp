#include "paper/paper_wire.h"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/crash_point.h"
#include "net/http_engine.h"

namespace everbit::paper {
namespace {

using net::CallFailure;
using net::HttpResult;
using net::not_sent;

// As the HTTP client's.
constexpr std::chrono::milliseconds kReadTimeout{5000};

HttpResult wrong_origin() {
  return not_sent(CallFailure::kInvalidRequest, "not a request for the simulated exchange");
}

net::HttpRequest to_request(net::ReadRequest read) {
  net::HttpRequest request;
  request.origin = std::move(read.origin);
  request.target = std::move(read.target);
  request.headers = std::move(read.headers);
  return request;
}

// A result that one thread gives and another waits for.
class Reply {
 public:
  void set(HttpResult result) {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
    there_.notify_all();
  }
  HttpResult wait() {
    std::unique_lock lock(mutex_);
    if (!there_.wait_for(lock, kReadTimeout, [this] { return result_.has_value(); })) {
      return net::unknown_outcome(CallFailure::kTimeout, "the simulated exchange is silent");
    }
    return std::move(*result_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_;
  std::optional<HttpResult> result_;
};

}  // namespace

const net::Origin& paper_origin() {
  static const net::Origin origin{true, "exchange-paper.invalid", 443};
  return origin;
}

HttpResult PaperWire::exchange(net::HttpRequest request) {
  if (request.origin != paper_origin()) return wrong_origin();
  const auto reply = std::make_shared<Reply>();
  parts_.exchange.request(std::move(request),
                          [reply](HttpResult result) { reply->set(std::move(result)); });
  return reply->wait();
}

net::HttpCallHandle PaperWire::send_read(net::ReadCall call, boost::asio::any_io_executor executor,
                                         net::HttpHandler handler) {
  auto made = call.make();
  const auto done = [executor, handler = std::move(handler)](HttpResult result) {
    boost::asio::post(
        executor, [handler, result = std::move(result)]() mutable { handler(std::move(result)); });
  };
  if (!made) {
    done(not_sent(CallFailure::kInvalidRequest, to_string(made.error())));
  } else if (made->origin != paper_origin()) {
    done(wrong_origin());
  } else {
    parts_.exchange.request(to_request(std::move(*made)), done);
  }
  return {};
}

HttpResult PaperWire::send_blocking(net::HttpCall call) {
  return exchange(std::move(call.request));
}

HttpResult PaperWire::read_blocking(net::ReadCall call) {
  auto made = call.make();
  if (!made) return not_sent(CallFailure::kInvalidRequest, to_string(made.error()));
  return exchange(to_request(std::move(*made)));
}

HttpResult PaperWire::send_blocking(net::CreateOrderCall call) {
  if (call.origin != paper_origin()) return wrong_origin();
  crash_point(CrashPoint::kConnected);
  auto request = call.sign();
  if (!request) return not_sent(CallFailure::kInvalidRequest, to_string(request.error()));
  if (request->origin != call.origin) return wrong_origin();
  crash_point(CrashPoint::kSigned);
  const auto token = net::SendLedger::hash_token(call.sent_token);
  if (call.send_by.expired()) {
    return not_sent(CallFailure::kSendByPassed, "the send-by time passed before the first byte");
  }
  if (!call.gate()) return not_sent(CallFailure::kGateClosed, "gate closed");
  if (!parts_.ledger.mark(call.attempt, token)) {
    return net::unknown_outcome(CallFailure::kAlreadySent, "the attempt was sent before");
  }
  if (parts_.marked) parts_.marked(call.attempt);
  crash_point(CrashPoint::kLedgerMarked);
  HttpResult result = exchange(std::move(*request));
  crash_point(CrashPoint::kAnswerRead);
  if (result.answered()) call.permit.report(result.response);
  return result;
}

}  // namespace everbit::paper
