#include "net/send_once.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "base/crash_point.h"
#include "net/http_engine.h"
#include "net/http_wire.h"

namespace everbit::net {

namespace asio = boost::asio;

namespace {

using SteadyClock = std::chrono::steady_clock;
using Shot = OneShot<Result<HttpRequest>>;
using SharedCall = std::shared_ptr<CreateOrderCall>;

Result<HttpRequest> sign_safely(const CreateOrderCall& call) {
  try {
    return call.sign();
  } catch (const std::exception& error) {
    return Error("NET_REQUEST", error.what());
  }
}

// A gate that fails is shut.
bool is_gate_open(const CreateOrderCall& call) {
  try {
    return call.gate();
  } catch (const std::exception&) {
    return false;
  }
}

HttpResult send_by_passed() {
  return not_sent(CallFailure::kSendByPassed, "the send-by time passed before the first byte");
}

// The signed bytes; empty, with the call's result in `failure`, if there are none in time.
asio::awaitable<std::string> sign(std::shared_ptr<CallContext> context, SharedCall call,
                                  std::string user_agent, std::shared_ptr<HttpResult> failure) {
  std::string wire;
  std::function<void(std::shared_ptr<Shot>)> ask = [call](const std::shared_ptr<Shot>& shot) {
    asio::post(call->sign_on, [call, shot] { shot->set(sign_safely(*call)); });
  };
  context->arm(call->send_by.time());
  std::optional<Result<HttpRequest>> made =
      co_await context->wait_for<Result<HttpRequest>>(std::move(ask));
  context->disarm();
  if (!made) {
    *failure = context->reason(CallFailure::kTimeout) == CallFailure::kCancelled
                   ? not_sent(CallFailure::kCancelled, "cancelled before the first byte")
                   : send_by_passed();
  } else if (!*made) {
    *failure = not_sent(CallFailure::kInvalidRequest, to_string(made->error()));
  } else if ((*made)->origin != call->origin) {
    *failure = not_sent(CallFailure::kInvalidRequest, "signed for another origin");
  } else if (const auto fault = find_fault(**made)) {
    *failure = not_sent(CallFailure::kInvalidRequest, *fault);
  } else {
    wire = to_wire(**made, user_agent);
  }
  co_return wire;
}

// The last questions; nothing suspends between them and the first byte.
HttpResult ask_before_first_byte(const CallContext& context, const CreateOrderCall& call,
                                 SendLedger& ledger) {
  const SendLedger::TokenHash token = SendLedger::hash_token(call.sent_token);
  if (context.is_cut()) return not_sent(context.reason(CallFailure::kCancelled), "cut short");
  if (!context.stream->is_alive()) {
    return not_sent(CallFailure::kClosed, "the peer closed before the first byte");
  }
  if (call.send_by.expired()) return send_by_passed();
  if (!is_gate_open(call)) return not_sent(CallFailure::kGateClosed, "gate closed");
  if (!ledger.mark(call.attempt, token)) {
    return unknown_outcome(CallFailure::kAlreadySent, "the attempt was sent before");
  }
  return {CallOutcome::kAnswered, CallFailure::kNone, {}, {}};
}

asio::awaitable<HttpResult> run(std::shared_ptr<HttpEngine> engine,
                                std::shared_ptr<CallContext> context, SharedCall call,
                                SendLedger* ledger, SendOnceSettings settings) {
  const SteadyTime started = SteadyClock::now();
  const SteadyTime send_by = call->send_by.time();
  const SteadyTime connect_by = std::min(send_by, started + settings.timeouts.connect);
  const SteadyTime whole = started + settings.timeouts.whole;
  if (started >= send_by) co_return send_by_passed();
  const auto failure = std::make_shared<HttpResult>();
  const auto stream = co_await engine->connect(context, call->origin, settings.max_rest,
                                               std::min(whole, connect_by), failure);
  if (!stream) co_return call->send_by.expired() ? send_by_passed() : *failure;
  crash_point(CrashPoint::kConnected);
  const std::string wire = co_await sign(context, call, engine->settings().user_agent, failure);
  if (wire.empty()) co_return *failure;
  crash_point(CrashPoint::kSigned);
  HttpResult result = ask_before_first_byte(*context, *call, *ledger);
  if (!result.answered()) co_return result;
  if (settings.marked) settings.marked(call->attempt);
  crash_point(CrashPoint::kLedgerMarked);
  const SteadyTime until = std::min(whole, SteadyClock::now() + settings.timeouts.read);
  context->written = [] { crash_point(CrashPoint::kRequestWritten); };
  result = co_await engine->exchange(context, wire, engine->settings().limits, until);
  crash_point(CrashPoint::kAnswerRead);
  if (result.answered()) call->permit.report(result.response);
  co_return result;
}

}  // namespace

SendOnce::SendOnce(HttpClient& client, SendLedger& ledger, SendOnceSettings settings)
    : engine_(client.engine()), ledger_(ledger), settings_(settings) {}

void SendOnce::send(CreateOrderCall call, asio::any_io_executor executor, HttpHandler handler) {
  const auto context = engine_->make_context();
  const auto shared = std::make_shared<CreateOrderCall>(std::move(call));
  engine_->begin(context, run(engine_, context, shared, &ledger_, settings_), std::move(executor),
                 std::move(handler));
}

HttpResult SendOnce::send_blocking(CreateOrderCall call) {
  return engine_->block_on([&](asio::any_io_executor executor, HttpHandler handler) {
    send(std::move(call), std::move(executor), std::move(handler));
  });
}

}  // namespace everbit::net
