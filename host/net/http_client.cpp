#include "net/http_client.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "base/random.h"
#include "net/endpoint_guard.h"
#include "net/http_engine.h"
#include "net/http_wire.h"
#include "net/io_threads.h"
#include "net/tls_context.h"

namespace everbit::net {

namespace asio = boost::asio;

namespace {

using Permit = std::optional<RatePermit>;

constexpr int kMaxTries = 3;
constexpr std::chrono::milliseconds kFirstBackoff{200};

// Half of the nominal time, plus up to as much at random.
std::chrono::milliseconds backoff_before(int attempt) {
  const auto nominal = kFirstBackoff * (1 << (2 * (attempt - 1)));
  std::uint8_t noise = 0;
  secure_random({&noise, 1});
  return nominal / 2 + nominal * noise / 255 / 2;
}

bool is_worth_repeating(const HttpResult& result) {
  if (result.answered()) return result.response.status >= 500;
  switch (result.failure) {
    case CallFailure::kDns:
    case CallFailure::kConnect:
    case CallFailure::kTls:
    case CallFailure::kTimeout:
    case CallFailure::kClosed:
    case CallFailure::kBadResponse:
      return true;
    default:
      return false;
  }
}

CallFailure to_failure(const Error& rate_error) {
  if (rate_error.code == "RATE_BLOCKED") return CallFailure::kBlocked;
  return rate_error.code == "RATE_STOPPED" ? CallFailure::kCancelled : CallFailure::kRateLimited;
}

// Takes the token that `rate` asks for; on failure the call's result is in `failure`.
asio::awaitable<Permit> take_token(std::shared_ptr<CallContext> context, const RateUse* rate,
                                   std::shared_ptr<HttpResult> failure) {
  Permit permit;
  std::function<void(std::shared_ptr<OneShot<Result<RatePermit>>>)> ask =
      [context, rate](const std::shared_ptr<OneShot<Result<RatePermit>>>& shot) {
        rate->limiter->acquire(rate->group, rate->priority, Deadline::after(rate->max_wait),
                               context->strand,
                               [shot](Result<RatePermit> taken) { shot->set(std::move(taken)); });
      };
  std::optional<Result<RatePermit>> taken =
      co_await context->wait_for<Result<RatePermit>>(std::move(ask));
  if (!taken) {
    *failure = not_sent(context->reason(CallFailure::kCancelled), "while waiting for a token");
  } else if (!*taken) {
    *failure = not_sent(to_failure(taken->error()), to_string(taken->error()));
  } else {
    permit.emplace(std::move(**taken));
  }
  co_return permit;
}

}  // namespace

void HttpCallHandle::cancel() const {
  if (cancel_) cancel_();
}

class HttpClient::Impl {
 public:
  explicit Impl(std::shared_ptr<HttpEngine> engine_in) : engine(std::move(engine_in)) {}

  // One try of a sound request, its token included.
  static asio::awaitable<HttpResult> run_try(std::shared_ptr<HttpEngine> engine,
                                             std::shared_ptr<CallContext> context,
                                             std::shared_ptr<const HttpCall> call) {
    const auto failure = std::make_shared<HttpResult>();
    Permit permit;
    if (call->rate) {
      permit = co_await take_token(context, &*call->rate, failure);
      if (!permit) co_return *failure;
    }
    const HttpTimeouts timeouts = call->timeouts.value_or(engine->settings().timeouts);
    const HttpLimits limits = call->limits.value_or(engine->settings().limits);
    const SteadyTime started = std::chrono::steady_clock::now();
    const SteadyTime whole = started + timeouts.whole;
    const auto stream =
        co_await engine->connect(context, call->request.origin, engine->settings().keep_idle,
                                 std::min(whole, started + timeouts.connect), failure);
    if (!stream) co_return *failure;
    const SteadyTime read_until = std::min(whole, std::chrono::steady_clock::now() + timeouts.read);
    HttpResult result = co_await engine->exchange(
        context, to_wire(call->request, engine->settings().user_agent), limits, read_until);
    if (permit && result.answered()) permit->report(result.response);
    co_return result;
  }

  static asio::awaitable<HttpResult> run_once(std::shared_ptr<HttpEngine> engine,
                                              std::shared_ptr<CallContext> context,
                                              std::shared_ptr<const HttpCall> call) {
    HttpResult result;
    if (const auto fault = find_refusal(*engine, call->request)) {
      result = not_sent(CallFailure::kInvalidRequest, *fault);
    } else {
      result = co_await run_try(engine, context, call);
    }
    co_return result;
  }

  static asio::awaitable<HttpResult> run_read(std::shared_ptr<HttpEngine> engine,
                                              std::shared_ptr<CallContext> context,
                                              std::shared_ptr<const ReadCall> read) {
    HttpResult result;
    for (int attempt = 1; attempt <= kMaxTries; ++attempt) {
      const auto call = co_await make_call(context, read, engine->settings().timeouts);
      if (!*call)
        co_return not_sent(context->reason(CallFailure::kInvalidRequest), to_string(call->error()));
      result = co_await run_once(engine, context, **call);
      if (attempt == kMaxTries || !is_worth_repeating(result)) break;
      co_await rest(context, backoff_before(attempt));
    }
    co_return result;
  }

  const std::shared_ptr<HttpEngine> engine;

 private:
  using MadeCall = Result<std::shared_ptr<const HttpCall>>;

  static std::optional<std::string> find_refusal(const HttpEngine& engine,
                                                 const HttpRequest& request) {
    const auto& guarded = engine.settings().guarded_origins;
    const bool changes = request.method == HttpMethod::kPost || request.method == HttpMethod::kPut;
    if (engine.settings().guard && !engine.settings().guard->may_call(request.origin)) {
      return "the guard lets no call go there";
    }
    const auto& harmless = engine.settings().harmless_targets;
    if (changes && std::find(guarded.begin(), guarded.end(), request.origin) != guarded.end() &&
        std::find(harmless.begin(), harmless.end(), request.target) == harmless.end()) {
      return "POST and PUT to the exchange go through SendOnce";
    }
    return find_fault(request);
  }

  static asio::awaitable<std::shared_ptr<MadeCall>> make_call(std::shared_ptr<CallContext> context,
                                                              std::shared_ptr<const ReadCall> read,
                                                              HttpTimeouts defaults) {
    using Shot = OneShot<Result<ReadRequest>>;
    std::function<void(std::shared_ptr<Shot>)> ask = [read](const std::shared_ptr<Shot>& shot) {
      asio::post(read->make_on, [read, shot] { shot->set(read->make()); });
    };
    context->arm(std::chrono::steady_clock::now() + read->timeouts.value_or(defaults).whole);
    std::optional<Result<ReadRequest>> made =
        co_await context->wait_for<Result<ReadRequest>>(std::move(ask));
    context->disarm();
    auto result = std::make_shared<MadeCall>(Error("NET_REQUEST", "the request was not made"));
    if (made && !*made) {
      *result = made->error();
    } else if (made) {
      ReadRequest& request = **made;
      auto call = std::make_shared<HttpCall>();
      call->request = {HttpMethod::kGet,
                       std::move(request.origin),
                       std::move(request.target),
                       std::move(request.headers),
                       {}};
      call->rate = read->rate;
      call->timeouts = read->timeouts;
      call->limits = read->limits;
      *result = std::shared_ptr<const HttpCall>(std::move(call));
    }
    co_return result;
  }

  // Ends early when the call is cancelled.
  static asio::awaitable<void> rest(std::shared_ptr<CallContext> context,
                                    std::chrono::milliseconds time) {
    context->arm(std::chrono::steady_clock::now() + time);
    std::function<void(std::shared_ptr<OneShot<bool>>)> nothing =
        [](const std::shared_ptr<OneShot<bool>>&) {};
    co_await context->wait_for<bool>(std::move(nothing));
    context->disarm();
  }
};

HttpClient::HttpClient(std::shared_ptr<HttpEngine> engine)
    : impl_(std::make_shared<Impl>(std::move(engine))) {}

HttpClient::~HttpClient() { stop(); }

std::shared_ptr<HttpEngine> HttpClient::engine() const { return impl_->engine; }

Result<std::unique_ptr<HttpClient>> HttpClient::make(IoThreads& threads,
                                                     HttpClientSettings settings) {
  auto tls = make_tls_context(settings.ca_file);
  if (!tls) return tls.error();
  auto engine = std::make_shared<HttpEngine>(threads, std::move(*tls), std::move(settings));
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(engine)));
}

namespace {

std::function<void()> canceller(const std::shared_ptr<CallContext>& context) {
  return [weak = std::weak_ptr<CallContext>(context)] {
    const auto alive = weak.lock();
    if (alive) asio::post(alive->strand, [alive] { alive->cancel(); });
  };
}

}  // namespace

HttpCallHandle HttpClient::send(HttpCall call, asio::any_io_executor executor,
                                HttpHandler handler) {
  const auto context = impl_->engine->make_context();
  auto shared = std::make_shared<const HttpCall>(std::move(call));
  impl_->engine->begin(context, Impl::run_once(impl_->engine, context, std::move(shared)),
                       std::move(executor), std::move(handler));
  return HttpCallHandle(canceller(context));
}

HttpCallHandle HttpClient::send_read(ReadCall call, asio::any_io_executor executor,
                                     HttpHandler handler) {
  const auto context = impl_->engine->make_context();
  auto shared = std::make_shared<const ReadCall>(std::move(call));
  impl_->engine->begin(context, Impl::run_read(impl_->engine, context, std::move(shared)),
                       std::move(executor), std::move(handler));
  return HttpCallHandle(canceller(context));
}

HttpResult HttpClient::send_blocking(HttpCall call) {
  return impl_->engine->block_on([&](asio::any_io_executor executor, HttpHandler handler) {
    send(std::move(call), std::move(executor), std::move(handler));
  });
}

HttpResult HttpClient::read_blocking(ReadCall call) {
  return impl_->engine->block_on([&](asio::any_io_executor executor, HttpHandler handler) {
    send_read(std::move(call), std::move(executor), std::move(handler));
  });
}

void HttpClient::stop() { impl_->engine->stop(); }

std::size_t HttpClient::idle_connections() const { return impl_->engine->pool().size(); }

}  // namespace everbit::net
