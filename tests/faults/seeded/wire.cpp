#include "faults/seeded/wire.h"

#include <stdexcept>
#include <utility>

#include "base/crash_point.h"
#include "net/http_engine.h"

namespace everbit::faults {
namespace {

using net::CallFailure;
using net::not_sent;
using net::unknown_outcome;
using std::chrono::milliseconds;

constexpr milliseconds kRead{5000};
constexpr milliseconds kLook{50};
// Page 10: from SENT to the first byte.
constexpr milliseconds kSendBy{2000};

net::HttpResponse says(int status, const std::string& name) {
  net::HttpResponse response;
  response.status = status;
  response.headers.push_back({"content-type", "application/json; charset=utf-8"});
  response.body = R"({"error":{"name":")" + name + R"(","message":"the seed says so"}})";
  return response;
}

}  // namespace

// What becomes of one create-order.
struct Wire::Fate {
  milliseconds connecting{2};
  bool refused = false;  // no connection
  bool arrives = true;
  bool answer_lost = false;
  milliseconds there{5};  // until it arrives
  milliseconds back{5};
  std::optional<net::HttpResponse> instead;  // of the real answer
};

struct Wire::Reply {
  std::optional<net::HttpResponse> response;
  bool cut = false;
};

net::HttpCallHandle Wire::send_read(net::ReadCall, boost::asio::any_io_executor, net::HttpHandler) {
  throw std::logic_error("nobody waits for this here");
}

Wire::Fate Wire::choose_fate() const {
  Choices& choices = parts_.choices;
  Fate fate;
  fate.there = choices.between(1, 40);
  fate.back = choices.between(1, 40);
  if (!parts_.chaos) return fate;
  switch (choices.below(22)) {
    case 0:
      fate.refused = true;
      break;
    case 1:
      fate.connecting = choices.between(500, 2800);
      break;
    case 2:
    case 3:
      fate.arrives = false;
      fate.answer_lost = choices.one_in(2);
      break;
    case 4:
    case 5:
      fate.answer_lost = true;
      break;
    case 6:
    case 7:
      fate.there = choices.between(4'000, 40'000);
      break;
    case 8:
      fate.back = choices.between(4'000, 20'000);
      break;
    case 9:
      fate.arrives = choices.one_in(2);
      fate.instead = says(500 + static_cast<int>(choices.below(5)), "server_error");
      break;
    case 10:
    case 11:
      fate.arrives = false;
      fate.instead = says(429, "too_many_requests");
      break;
    case 12:
      fate.arrives = false;
      fate.instead = says(400, "insufficient_funds_bid");
      break;
    case 13:
      fate.instead = says(400, "duplicated_identifier");
      break;
    case 14:
      fate.instead = net::HttpResponse{};
      fate.instead->status = choices.one_in(2) ? 200 : 302;
      fate.instead->body = "<html>hello</html>";
      break;
    default:
      break;
  }
  return fate;
}

// The request goes its way whether or not its sender lives on.
std::shared_ptr<Wire::Reply> Wire::put_on_wire(net::HttpRequest request, const Fate& fate) {
  const auto reply = std::make_shared<Reply>();
  parts_.journal.note(fate.arrives ? "request" : "request lost",
                      fate.instead ? fate.instead->status : 0,
                      request.target.substr(0, request.target.find('?')));
  ExchangeModel& exchange = parts_.exchange;
  Scheduler& scheduler = parts_.scheduler;
  scheduler.after(fate.there, [&exchange, &scheduler, reply, fate, request = std::move(request)] {
    net::HttpResponse answer;
    if (fate.arrives) {
      answer = exchange.handle(request.method, request.target, request.headers, request.body);
    }
    if (fate.instead) answer = *fate.instead;
    if (fate.answer_lost) {
      reply->cut = true;
    } else if (fate.arrives || fate.instead) {
      scheduler.after(fate.back, [reply, answer = std::move(answer)] { reply->response = answer; });
    }
  });
  return reply;
}

net::HttpResult Wire::await(const std::shared_ptr<Reply>& reply) {
  const SteadyTime until = parts_.clock.steady_now() + kRead;
  while (!reply->response && !reply->cut) {
    if (parts_.clock.steady_now() >= until) return unknown_outcome(CallFailure::kTimeout, "read");
    parts_.scheduler.sleep(kLook);
  }
  parts_.journal.note(reply->cut ? "cut" : "answer", reply->cut ? 0 : reply->response->status);
  if (reply->cut) return unknown_outcome(CallFailure::kClosed, "reset");
  return {net::CallOutcome::kAnswered, CallFailure::kNone, {}, *reply->response};
}

std::optional<net::HttpResult> Wire::connect(const net::CreateOrderCall& call) {
  const Fate fate = choose_fate();
  parts_.scheduler.sleep(fate.connecting);
  if (fate.refused) return not_sent(CallFailure::kConnect, "refused");
  crash_point(CrashPoint::kConnected);
  if (call.send_by.expired(parts_.clock)) return not_sent(CallFailure::kSendByPassed, "too late");
  return std::nullopt;
}

net::HttpResult Wire::send_blocking(net::CreateOrderCall call) {
  if (call.send_by.expired(parts_.clock)) return not_sent(CallFailure::kSendByPassed, "too late");
  if (auto failed = connect(call)) return *failed;
  auto request = call.sign();
  crash_point(CrashPoint::kSigned);
  if (!request) return not_sent(CallFailure::kInvalidRequest, to_string(request.error()));
  const auto token = net::SendLedger::hash_token(call.sent_token);
  if (call.send_by.expired(parts_.clock)) return not_sent(CallFailure::kSendByPassed, "too late");
  const bool open = call.gate();
  if (parts_.clock.steady_now() - parts_.claims.at(parts_.process) > kSendBy) {
    parts_.broken.push_back("a first byte after the send-by time");
  }
  if (open && parts_.owner_switch.told_off()) {
    parts_.broken.push_back("the last gate was open while the switch was OFF");
  }
  if (!open) return not_sent(CallFailure::kGateClosed, "gate closed");
  if (!parts_.ledger.mark(call.attempt, token)) {
    return unknown_outcome(CallFailure::kAlreadySent, "the attempt was sent before");
  }
  crash_point(CrashPoint::kLedgerMarked);
  Fate fate = choose_fate();
  const auto reply = put_on_wire(std::move(*request), fate);
  crash_point(CrashPoint::kRequestWritten);
  net::HttpResult result = await(reply);
  crash_point(CrashPoint::kAnswerRead);
  return result;
}

net::HttpResult Wire::plain(net::HttpRequest request) {
  Fate fate;
  fate.there = parts_.choices.between(1, 40);
  fate.back = parts_.choices.between(1, 40);
  if (parts_.chaos) {
    const std::size_t choice = parts_.choices.below(12);
    fate.answer_lost = choice == 0;
    fate.arrives = choice != 1;
    if (choice == 2) fate.instead = says(503, "server_error");
  }
  return await(put_on_wire(std::move(request), fate));
}

net::HttpResult Wire::send_blocking(net::HttpCall call) { return plain(std::move(call.request)); }

net::HttpResult Wire::read_blocking(net::ReadCall call) {
  auto made = call.make();
  if (!made) return not_sent(CallFailure::kInvalidRequest, to_string(made.error()));
  net::HttpRequest request;
  request.origin = made->origin;
  request.target = std::move(made->target);
  request.headers = std::move(made->headers);
  return plain(std::move(request));
}

}  // namespace everbit::faults
