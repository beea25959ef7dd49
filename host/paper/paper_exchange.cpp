#include "paper/paper_exchange.h"

#include <utility>

#include "base/log.h"
#include "net/http_engine.h"
#include "trading/transient.h"

namespace everbit::paper {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kQueue = 4096;
constexpr milliseconds kPoll{200};
constexpr milliseconds kRepeatAfter{200};
constexpr seconds kStoreBudget{5};

std::string method_of(net::HttpMethod method) {
  switch (method) {
    case net::HttpMethod::kGet:
      return "GET";
    case net::HttpMethod::kPost:
      return "POST";
    case net::HttpMethod::kPut:
      return "PUT";
    case net::HttpMethod::kDelete:
      return "DELETE";
  }
  return {};
}

plugins::LocalRequest to_local(const net::HttpRequest& request) {
  plugins::LocalRequest local{method_of(request.method), request.target, {}, request.body};
  for (const net::HttpHeader& header : request.headers) {
    local.headers.push_back({header.name, header.value});
  }
  return local;
}

net::HttpResult answered(plugins::LocalAnswer answer) {
  net::HttpResult result;
  result.outcome = net::CallOutcome::kAnswered;
  result.response.status = answer.status;
  result.response.body = std::move(answer.body);
  for (plugins::Field& header : answer.headers) {
    result.response.headers.push_back({std::move(header.name), std::move(header.value)});
  }
  return result;
}

net::HttpResult not_taken() {
  return net::not_sent(net::CallFailure::kCancelled, "the simulated exchange is closed");
}

}  // namespace

PaperExchange::PaperExchange(Parts parts) : parts_(std::move(parts)), queue_(kQueue) {}

PaperExchange::~PaperExchange() { stop(); }

Result<void> PaperExchange::start(Deadline deadline) {
  auto stored = parts_.row.read(deadline);
  if (!stored) return stored.error();
  if (auto opened = parts_.exchange.open(*stored); !opened) return opened.error();
  log_info("paper_exchange", {{"account", *stored ? "goes on" : "fresh"}});
  thread_ = std::thread([this] { run(); });
  return {};
}

void PaperExchange::stop() {
  stopping_.store(true);
  queue_.close();
  if (thread_.joinable()) thread_.join();
  while (auto job = queue_.try_pop()) {
    if (job->handler) job->handler(not_taken());
  }
}

void PaperExchange::request(net::HttpRequest request, const Handler& handler) {
  Job job;
  job.what = What::kRequest;
  job.request = std::move(request);
  job.handler = handler;
  const QueueStatus status = queue_.try_push(std::move(job));
  if (status == QueueStatus::kOk) return;
  handler(status == QueueStatus::kFull
              ? net::not_sent(net::CallFailure::kBusy, "too many wait for the exchange")
              : not_taken());
}

void PaperExchange::observe(const std::string& frame) {
  Job job;
  job.frame = frame;
  if (queue_.try_push(std::move(job)) == QueueStatus::kFull) overrun_.store(true);
}

void PaperExchange::missed() {
  Job job;
  job.what = What::kMissed;
  if (queue_.try_push(std::move(job)) == QueueStatus::kFull) overrun_.store(true);
}

void PaperExchange::speak_to(PrivateChannel channel) {
  {
    const std::lock_guard lock(channel_mutex_);
    channel_ = std::move(channel);
  }
  reopen();
}

void PaperExchange::reopen() {
  Job job;
  job.what = What::kOpen;
  (void)queue_.try_push(std::move(job));
}

void PaperExchange::silence() {
  const std::lock_guard lock(channel_mutex_);
  channel_ = {};
}

void PaperExchange::run() {
  while (!stopping_.load()) {
    auto job = queue_.pop(Deadline::after(kPoll));
    if (overrun_.exchange(false)) {
      log_error("paper_market_data_overrun");
      if (auto told = parts_.exchange.missed(); !told) fail(told.error());
    }
    if (job) work(*job);
  }
}

void PaperExchange::work(Job& job) {
  if (failed_) {
    if (job.handler) job.handler(not_taken());
    return;
  }
  if (job.what == What::kRequest) {
    serve(job);
  } else if (job.what == What::kFrame) {
    observe_frame(job.frame);
  } else if (job.what == What::kMissed) {
    if (auto told = parts_.exchange.missed(); !told) fail(told.error());
  } else {
    const std::lock_guard lock(channel_mutex_);
    if (channel_.opened) channel_.opened();
  }
}

void PaperExchange::serve(Job& job) {
  auto outcome = parts_.exchange.serve(to_local(job.request), parts_.now());
  const bool stored = outcome && (!outcome->changed || store());
  if (!outcome) fail(outcome.error());
  if (!stored) {
    job.handler(net::unknown_outcome(net::CallFailure::kClosed, "the exchange ended meanwhile"));
    return;
  }
  tell(outcome->frames);
  job.handler(answered(std::move(*outcome->answer)));
}

void PaperExchange::observe_frame(const std::string& frame) {
  auto outcome = parts_.exchange.observe(frame, parts_.now());
  if (!outcome && outcome.error().code == "LOCAL_FRAME") {
    log_warn("paper_frame_broken", {{"error", to_string(outcome.error())}});
    return;
  }
  if (!outcome) return fail(outcome.error());
  if (outcome->changed && !store()) return;
  tell(outcome->frames);
}

// False: it never will be, or this process ends.
bool PaperExchange::store() {
  auto state = parts_.exchange.save();
  if (!state) {
    fail(state.error());
    return false;
  }
  for (;;) {
    auto stored = parts_.row.write(*state, Deadline::after(kStoreBudget));
    if (stored) return true;
    if (!trading::is_transient(stored.error())) {
      fail(stored.error());
      return false;
    }
    log_error("paper_state_not_stored_yet", {{"error", to_string(stored.error())}});
    if (stopping_.load()) return false;
    std::this_thread::sleep_for(kRepeatAfter);
  }
}

void PaperExchange::tell(const std::vector<std::string>& frames) {
  if (frames.empty()) return;
  const std::lock_guard lock(channel_mutex_);
  if (!channel_.frame) return;
  for (const std::string& frame : frames) channel_.frame(frame);
}

void PaperExchange::fail(const Error& error) {
  failed_ = true;
  parts_.fatal(std::string("the simulated exchange cannot go on: ").append(to_string(error)));
}

}  // namespace everbit::paper
