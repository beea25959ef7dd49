#include "jobs/stored_result.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/json_writer.h"

namespace everbit::jobs {
namespace {

using store::Sql;

constexpr std::chrono::seconds kBudget{60};

constexpr Sql kRuns{R"sql(
  SELECT j.status, (SELECT count(*) FROM backtest_result r WHERE r.backtest_job_id = j.id)
  FROM backtest_job j WHERE j.public_id = $1)sql"};
// The members of a run in their order, as they were stored.
constexpr Sql kRun{R"sql(
  SELECT r.request_json::text, r.data_json::text, r.metrics_json::text, r.signals_json::text,
         r.trades_json::text, r.refused_entries_json::text, r.decisions_json::text,
         r.equity_json::text
  FROM backtest_result r JOIN backtest_job j ON j.id = r.backtest_job_id
  WHERE j.public_id = $1 AND r.run_no = $2)sql"};
constexpr std::array kMembers = {"request", "data",           "metrics",   "signals",
                                 "trades",  "refusedEntries", "decisions", "equity"};

using Members = std::vector<std::pair<std::string, std::string>>;

// The members of an object with their values' own bytes; none when it is no object.
Members members_of(const std::string& json) {
  Members members;
  const simdjson::padded_string text(json);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return {};
  }
  for (auto field : object) {
    std::string_view key;
    std::string_view value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        simdjson::to_json_string(field.value()).get(value) != simdjson::SUCCESS) {
      return {};
    }
    members.emplace_back(key, value);
  }
  return members;
}

// The request of a job of several runs: that of its first run, but with the timeframes of all and
// without the order that only a run has.
Result<std::string> request_of_all(const std::vector<std::string>& requests) {
  std::vector<std::string> timeframes;
  Members first;
  for (const std::string& request : requests) {
    Members members = members_of(request);
    if (members.empty()) return Error("RESULT", "a stored request is no JSON");
    for (const auto& [key, value] : members) {
      if (key != "timeframes") continue;
      const std::string one = value.substr(1, value.size() - 2);  // ["15m"]: a run has one
      if (std::ranges::find(timeframes, one) == timeframes.end()) timeframes.push_back(one);
    }
    if (first.empty()) first = std::move(members);
  }
  JsonWriter json;
  json.begin_object();
  for (const auto& [key, value] : first) {
    if (key == "pathOrder") continue;
    json.key(key);
    if (key != "timeframes") {
      json.raw(value);
      continue;
    }
    json.begin_array();
    for (const std::string& one : timeframes) json.raw(one);
    json.end_array();
  }
  return json.end_object().take();
}

}  // namespace

Result<std::string> read_stored_result(store::Pool& pool, const Uuid& job) {
  auto found = pool.exec(Deadline::after(kBudget), kRuns, job);
  if (!found) return found.error();
  if (found->empty()) return Error("JOB_NOT_FOUND", "there is no such job", job.to_string());
  if (found->front().text(0) != "DONE") return Error("NOT_DONE", "the job has no result");
  const auto runs = found->front().get<std::int64_t>(1);
  std::vector<std::string> requests;
  std::string all;
  for (std::int64_t run = 1; run <= runs; ++run) {
    const auto rows = pool.exec(Deadline::after(kBudget), kRun, job, run);
    if (!rows) return rows.error();
    if (rows->empty()) return Error("NOT_DONE", "a run is missing");
    if (run > 1) all += ',';
    JsonWriter json;
    json.begin_object();
    for (std::size_t i = 0; i < kMembers.size(); ++i) {
      json.key(kMembers[i]).raw(rows->front().get<std::string>(static_cast<int>(i)));
    }
    all += json.end_object().take();
    requests.push_back(rows->front().get<std::string>(0));
  }
  if (runs == 1) return all;
  const auto request = request_of_all(requests);
  if (!request) return request.error();
  return "{\"request\":" + *request + ",\"runs\":[" + all + "]}";
}

}  // namespace everbit::jobs
