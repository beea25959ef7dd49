#include "api/backtest_endpoints.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>

#include "api/backtest_pages.h"
#include "api/body.h"
#include "api/failure.h"
#include "api/field_errors.h"
#include "api/query.h"
#include "api/reply.h"

namespace everbit::api {
namespace {

constexpr int kMostItems = 100;
constexpr int kUsualItems = 20;
constexpr int kMostPoints = 5'000;
constexpr int kUsualPoints = 500;
constexpr int kMostRuns = 16;
constexpr std::size_t kLongestWord = 64;
// A job takes seconds to minutes.
constexpr std::chrono::seconds kQueueMoves{30};

struct Backtests {
  jobs::JobTable& jobs;
  std::function<Result<jobs::ActiveStrategyFile>()> active;
  std::function<bool(const std::string&)> is_listed;
};

Error no_job(const std::string& id) { return {"JOB_NOT_FOUND", "there is no such job", id}; }

// In the words of FieldErrors.
std::string_view reason_of(std::string_view why) {
  if (why == "is needed") return "REQUIRED";
  if (why == "must be a text") return "NOT_TEXT";
  if (why == "must be a number") return "NOT_NUMBER";
  if (why == "unknown") return "UNKNOWN_FIELD";
  if (why == "given twice") return "GIVEN_TWICE";
  if (why == "must be a JSON object") return "NOT_JSON_OBJECT";
  return "NOT_ALLOWED";
}

// An Idempotency-Key: 1 to 64 visible ASCII characters.
bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= kLongestWord &&
         std::ranges::all_of(key, [](char c) { return c >= '!' && c <= '~'; });
}

// The list's members of an item; the object stays open.
void write_item(JsonWriter& json, const jobs::JobItem& item) {
  json.begin_object()
      .field("jobPublicId", item.public_id)
      .field("status", item.status)
      .field("createdAt", item.created_at);
  simdjson::dom::parser parser;
  const auto request = parser.parse(item.request_json);
  for (const char* list : {"markets", "timeframes"}) {
    json.key(list).raw(simdjson::minify(request[list].value()));
  }
  json.key("progress").raw(item.progress_json);
  json.field("errorCode", item.error_code);
}

http::Response reply_item(const jobs::JobItem& item, unsigned status = 200) {
  JsonWriter json;
  write_item(json, item);
  return reply(json.end_object().take(), status);
}

http::Response create(const Backtests& backtests, const Call& call) {
  const auto active = backtests.active();
  if (!active) return failure(active.error());
  const auto [request, problems] = jobs::read_job_request(call.request.body, *active);
  const auto& key = call.request.idempotency_key;
  FieldErrors errors;
  for (const Error& problem : problems) errors.add(problem.field, reason_of(problem.message));
  if (problems.empty() && !backtests.is_listed(request.strategy_sha256)) {
    errors.add("strategySha256", "NOT_ALLOWED");
  }
  if (key && !is_key(*key)) errors.add("Idempotency-Key", "NOT_ALLOWED");
  if (auto refusal = errors.answer()) return std::move(*refusal);
  const auto job = backtests.jobs.create(request, key);
  if (job) {
    http::Response answer = reply_item(*job, job->replayed ? 200 : 202);
    answer.replayed = job->replayed;
    return answer;
  }
  if (job.error().code != "BACKTEST_QUEUE_FULL") return failure(job.error());
  http::Response full = failure(
      job.error(),
      JsonWriter().begin_object().field("retryAfter", kQueueMoves.count()).end_object().take());
  full.retry_after = kQueueMoves;
  return full;
}

http::Response list(const Backtests& backtests, const Call& call) {
  Query query(call.query);
  const int limit = query.integer("limit", 1, kMostItems, kUsualItems);
  std::optional<Uuid> after;
  if (const auto cursor = query.text("cursor", kLongestWord)) {
    const auto parsed = Uuid::parse(*cursor);
    if (parsed) after = *parsed;
    if (!parsed) query.refuse("cursor", "NOT_ALLOWED");
  }
  if (auto refusal = query.refusal()) return std::move(*refusal);
  const auto items = backtests.jobs.page(limit + 1, after);
  if (!items) return failure(items.error());
  const std::size_t shown = std::min(items->size(), static_cast<std::size_t>(limit));
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (std::size_t i = 0; i < shown; ++i) {
    write_item(json, (*items)[i]);
    json.end_object();
  }
  std::optional<Uuid> next;
  if (items->size() > shown) next = (*items)[shown - 1].public_id;
  return reply(json.end_array().field("nextCursor", next).end_object().take());
}

http::Response show(const Backtests& backtests, const Call& call) {
  const auto id = Uuid::parse(call.parameters[0]);
  if (!id) return failure(no_job(call.parameters[0]));
  const auto item = backtests.jobs.find(*id);
  if (!item) return failure(item.error());
  if (!*item) return failure(no_job(call.parameters[0]));
  const auto runs = backtests.jobs.runs(*id);
  if (!runs) return failure(runs.error());
  JsonWriter json;
  write_item(json, **item);
  json.field("startedAt", (*item)->started_at).field("finishedAt", (*item)->finished_at);
  json.key("requestJson").raw((*item)->request_json);
  json.key("metrics").raw(runs->empty() ? "null" : runs->front().metrics_json);
  json.key("runs").begin_array();
  for (const jobs::RunSummary& run : *runs) {
    json.begin_object().field("run", run.number);
    json.key("request").raw(run.request_json).key("metrics").raw(run.metrics_json).end_object();
  }
  return reply(json.end_array().end_object().take());
}

http::Response cancel(const Backtests& backtests, const Call& call) {
  Body body(call.request.body);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const auto id = Uuid::parse(call.parameters[0]);
  if (!id) return failure(no_job(call.parameters[0]));
  const auto item = backtests.jobs.cancel(*id);
  return item ? reply_item(*item) : failure(item.error());
}

http::Response trades(const Backtests& backtests, const Call& call) {
  Query query(call.query);
  const int run = query.integer("run", 1, kMostRuns, 1);
  const int limit = query.integer("limit", 1, kMostItems, kUsualItems);
  const int from = query.integer("cursor", 0, std::numeric_limits<int>::max(), 0);
  if (auto refusal = query.refusal()) return std::move(*refusal);
  const auto id = Uuid::parse(call.parameters[0]);
  if (!id) return failure(no_job(call.parameters[0]));
  const auto all = backtests.jobs.part(*id, run, "trades_json");
  return all ? reply(trades_page(*all, static_cast<std::size_t>(from),
                                 static_cast<std::size_t>(limit)))
             : failure(all.error());
}

http::Response equity(const Backtests& backtests, const Call& call) {
  Query query(call.query);
  const int run = query.integer("run", 1, kMostRuns, 1);
  const int points = query.integer("points", 1, kMostPoints, kUsualPoints);
  if (auto refusal = query.refusal()) return std::move(*refusal);
  const auto id = Uuid::parse(call.parameters[0]);
  if (!id) return failure(no_job(call.parameters[0]));
  const auto all = backtests.jobs.part(*id, run, "equity_json");
  return all ? reply(equity_points(*all, static_cast<std::size_t>(points))) : failure(all.error());
}

}  // namespace

void add_backtest_endpoints(Router& router, jobs::JobTable& jobs,
                            std::function<Result<jobs::ActiveStrategyFile>()> active,
                            std::function<bool(const std::string& sha256)> is_listed) {
  const Backtests backtests{jobs, std::move(active), std::move(is_listed)};
  const auto add = [&](const std::string& method, std::string_view path, auto answer) {
    router.add(method, path,
               [backtests, answer](const Call& call) { return answer(backtests, call); });
  };
  add("POST", "backtests", create);
  add("GET", "backtests", list);
  add("GET", "backtests/{jobPublicId}", show);
  add("POST", "backtests/{jobPublicId}/cancel", cancel);
  add("GET", "backtests/{jobPublicId}/trades", trades);
  add("GET", "backtests/{jobPublicId}/equity", equity);
}

}  // namespace everbit::api
