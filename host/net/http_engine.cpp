#include "net/http_engine.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <future>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/http_response_parser.h"
#include "net/io_threads.h"

namespace everbit::net {

namespace asio = boost::asio;
using Progress = HttpResponseParser::Progress;

namespace {

constexpr std::size_t kReadChunk = 16 * 1024;
constexpr std::chrono::seconds kStopPatience{10};

CallFailure to_failure(Progress progress) {
  return progress == Progress::kTooLarge ? CallFailure::kTooLarge : CallFailure::kBadResponse;
}

}  // namespace

HttpResult not_sent(CallFailure failure, std::string detail) {
  return {CallOutcome::kNotSent, failure, std::move(detail), {}};
}

HttpResult unknown_outcome(CallFailure failure, std::string detail) {
  return {CallOutcome::kUnknownOutcome, failure, std::move(detail), {}};
}

HttpEngine::HttpEngine(IoThreads& threads, std::shared_ptr<asio::ssl::context> tls,
                       HttpClientSettings settings)
    : threads_(threads),
      tls_(std::move(tls)),
      settings_(std::move(settings)),
      pool_(settings_.keep_idle, settings_.max_idle_per_origin) {}

std::shared_ptr<CallContext> HttpEngine::make_context() const {
  return std::make_shared<CallContext>(asio::make_strand(threads_.context()));
}

void HttpEngine::begin(std::shared_ptr<CallContext> context, asio::awaitable<HttpResult> body,
                       asio::any_io_executor executor, HttpHandler handler) {
  CallFailure refusal = CallFailure::kNone;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal = CallFailure::kCancelled;
    } else if (calls_.size() >= settings_.max_calls) {
      refusal = CallFailure::kBusy;
    } else {
      calls_.insert(context);
    }
  }
  if (refusal != CallFailure::kNone) {
    asio::post(executor, [handler = std::move(handler), refusal] {
      handler(not_sent(refusal, std::string(to_string(refusal))));
    });
    return;
  }
  auto complete = [self = shared_from_this(), context, executor, handler = std::move(handler)](
                      std::exception_ptr error, HttpResult result) mutable {
    if (error) {
      if (context->stream) context->stream->reset();
      result = context->may_have_sent ? unknown_outcome(CallFailure::kInternal, "exception")
                                      : not_sent(CallFailure::kInternal, "exception");
    }
    asio::post(executor, [handler = std::move(handler), result = std::move(result)]() mutable {
      handler(std::move(result));
    });
    self->end(context);
  };
  asio::co_spawn(context->strand, std::move(body), std::move(complete));
}

void HttpEngine::end(const std::shared_ptr<CallContext>& context) {
  context->disarm();
  context->stream.reset();
  const std::lock_guard lock(mutex_);
  calls_.erase(context);
  ended_.notify_all();
}

HttpResult HttpEngine::block_on(
    const std::function<void(asio::any_io_executor, HttpHandler)>& begin_call) {
  if (threads_.is_current_thread()) throw std::logic_error("a blocking call on an I/O thread");
  std::promise<HttpResult> promise;
  begin_call(threads_.executor(),
             [&promise](HttpResult result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

void HttpEngine::stop() {
  if (threads_.is_current_thread()) throw std::logic_error("stop() on an I/O thread");
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (const auto& context : calls_) {
    asio::post(context->strand, [context] { context->cancel(); });
  }
  if (!ended_.wait_for(lock, kStopPatience, [this] { return calls_.empty(); })) {
    log_critical("http_calls_did_not_end", {{"calls", calls_.size()}});
  }
  lock.unlock();
  pool_.clear();
}

asio::awaitable<std::shared_ptr<Stream>> HttpEngine::connect(std::shared_ptr<CallContext> context,
                                                             Origin origin,
                                                             std::chrono::milliseconds max_rest,
                                                             SteadyTime until,
                                                             std::shared_ptr<HttpResult> failure) {
  std::shared_ptr<Stream> stream = pool_.take(origin, max_rest);
  if (!stream) {
    stream = std::make_shared<Stream>(threads_.executor(), origin, tls_, settings_.guard);
    context->stream = stream;
    context->arm(until);
    StreamStatus status = co_await stream->connect();
    context->disarm();
    if (!status.ok()) {
      *failure = not_sent(context->reason(status.failure), status.detail);
      stream.reset();
    }
  }
  if (stream && context->is_cut()) {
    *failure = not_sent(context->reason(CallFailure::kCancelled), "cut short while connecting");
    stream.reset();
  }
  context->stream = stream;
  co_return stream;
}

asio::awaitable<HttpResult> HttpEngine::exchange(std::shared_ptr<CallContext> context,
                                                 std::string wire, HttpLimits limits,
                                                 SteadyTime until) {
  const std::shared_ptr<Stream> stream = context->stream;
  const std::uint64_t written_before = stream->bytes_written();
  context->arm(until);
  context->may_have_sent = true;
  StreamStatus status = co_await stream->write(wire);
  HttpResult result;
  if (status.ok()) {
    if (context->written) context->written();
    result = co_await read_answer(context, limits);
  } else if (stream->bytes_written() == written_before) {
    result = not_sent(context->reason(status.failure), status.detail);
  } else {
    result = unknown_outcome(context->reason(status.failure), status.detail);
  }
  context->disarm();
  if (!result.answered()) stream->reset();
  co_return result;
}

asio::awaitable<HttpResult> HttpEngine::read_answer(std::shared_ptr<CallContext> context,
                                                    HttpLimits limits) {
  const std::shared_ptr<Stream> stream = context->stream;
  HttpResponseParser parser(limits);
  std::vector<char> chunk(limits.cut_body ? std::min(kReadChunk, limits.body_bytes) : kReadChunk);
  Progress progress = Progress::kNeedMore;
  while (progress == Progress::kNeedMore) {
    StreamStatus status = co_await stream->read_some(chunk);
    if (status.end_of_data) {
      progress = parser.end_of_data();
      if (progress != Progress::kDone) {
        co_return unknown_outcome(context->reason(CallFailure::kClosed),
                                  "closed before a whole answer");
      }
    } else if (!status.ok()) {
      co_return unknown_outcome(context->reason(status.failure), status.detail);
    } else {
      progress = parser.feed(std::string_view(chunk.data(), status.bytes));
    }
  }
  if (progress != Progress::kDone) {
    const CallFailure failure = to_failure(progress);
    co_return unknown_outcome(failure, std::string(to_string(failure)));
  }
  HttpResult result;
  result.outcome = CallOutcome::kAnswered;
  const bool keep = parser.may_keep_connection() && stream->is_open() && !context->is_cut();
  result.response = parser.take();
  context->stream.reset();
  if (keep) {
    pool_.put(stream);
  } else {
    stream->close();
  }
  co_return result;
}

}  // namespace everbit::net
