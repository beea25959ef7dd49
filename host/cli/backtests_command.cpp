#include "cli/backtests_command.h"

#include <simdjson.h>

#include <algorithm>
#include <iostream>

#include "base/files.h"
#include "base/json_writer.h"
#include "base/uuid.h"
#include "cli/command_line.h"
#include "cli/daemon.h"
#include "cli/session.h"
#include "cli/text.h"
#include "jobs/stored_result.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;
using simdjson::dom::element;

constexpr std::size_t kMostCompared = 8;
// The end of an ID, which differs most.
constexpr std::size_t kShownOfId = 12;

constexpr Help kListHelp{"backtest list", "[--limit N] [옵션 · options]",
                         "데몬이 실행한 백테스트를 최신순으로 보여 줍니다.\n"
                         "The daemon's back-tests, newest first."};
constexpr Help kShowHelp{"backtest show", "ID [옵션 · options]",
                         "백테스트 하나의 요청과 지표를 보여 줍니다.\n"
                         "One back-test: its request and its metrics."};
constexpr Help kCompareHelp{"backtest compare", "ID ID… [옵션 · options]",
                            "여러 백테스트의 지표를 나란히 보여 줍니다.\n"
                            "The metrics of several back-tests side by side."};
constexpr Help kExportHelp{
    "backtest export", "ID --out FILE [옵션 · options]",
    "백테스트 하나의 결과 전체를 JSON 파일로 씁니다(backtest run --json 과 같은 내용).\n"
    "Writes the whole result of a back-test as JSON: what backtest run --json gives for the same\n"
    "request. It is read from the database. --out - : standard output"};

Result<std::string> ask(const config::Settings& settings, std::string path) {
  return ask_daemon(settings, {"GET", std::move(path)}, command_deadline());
}

bool is_id(const std::string& word) { return Uuid::parse(word).has_value(); }

using Found = simdjson::simdjson_result<element>;

// A value as a person reads it: a text without its quotes.
std::string plain(const element& one) {
  if (one.is_null()) return "-";
  std::string_view text;
  return one.get_string().get(text) == simdjson::SUCCESS ? std::string(text)
                                                         : std::string(simdjson::minify(one));
}

// A member that is not there is as null.
std::string plain(Found value) {
  element one;
  return std::move(value).get(one) == simdjson::SUCCESS ? plain(one) : "-";
}

std::string joined(Found list) {
  std::string text;
  simdjson::dom::array all;
  if (std::move(list).get_array().get(all) != simdjson::SUCCESS) return text;
  for (const element one : all) {
    if (!text.empty()) text += ',';
    text += plain(one);
  }
  return text;
}

std::string progress_text(const Found& progress) {
  const std::string percent = plain(progress["percent"]);
  return percent == "-" ? percent : plain(progress["phase"]) + " " + percent + " %";
}

// The metrics that are one value each, in their order.
std::vector<std::pair<std::string, std::string>> metrics_of(const std::string& job) {
  std::vector<std::pair<std::string, std::string>> metrics;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(job)["metrics"].get_object().get(object) != simdjson::SUCCESS) return metrics;
  for (const auto [key, value] : object) {
    if (value.is_object() || value.is_array()) continue;
    metrics.emplace_back(key, plain(value));
  }
  return metrics;
}

int print_list(const CommandLine& line, const std::string& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::array items;
  if (parser.parse(answer)["items"].get_array().get(items) != simdjson::SUCCESS) {
    return fail(line, unreadable_answer());
  }
  std::vector<std::vector<std::string>> rows;
  for (const element item : items) {
    rows.push_back({plain(item["jobPublicId"]), plain(item["status"]), plain(item["createdAt"]),
                    joined(item["markets"]), joined(item["timeframes"]),
                    progress_text(item["progress"]), plain(item["errorCode"])});
  }
  print_table(std::cout,
              {"ID", "상태", "만든 때 · created", "마켓", "봉", "진행 · progress", "오류 · error"},
              rows);
  return kOk;
}

// A row a metric, a column a job; the names are the same in all of them.
void print_compared(const std::vector<std::string>& ids, const std::vector<std::string>& answers) {
  std::vector<std::string> header{"지표 · metric"};
  std::vector<std::vector<std::string>> rows;
  for (std::size_t job = 0; job < ids.size(); ++job) {
    header.push_back(ids[job].substr(ids[job].size() - kShownOfId));
    const auto metrics = metrics_of(answers[job]);
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (rows.size() <= i) rows.push_back({metrics[i].first});
      rows[i].resize(job + 1, "-");
      rows[i].push_back(metrics[i].second);
    }
  }
  for (auto& row : rows) row.resize(header.size(), "-");
  print_table(std::cout, header, rows);
}

}  // namespace

int backtest_list(Arguments arguments) {
  CommandLine line(kListHelp, CommandLine::Settings::kNeeded);
  line.add()("limit", po::value<int>()->default_value(20), "개수 · how many (1-100)");
  if (const auto code = line.parse(arguments)) return *code;
  const int limit = line.values()["limit"].as<int>();
  if (limit < 1 || limit > 100) return line.refuse("--limit must be 1 to 100");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto answer = ask(*settings, "backtests?limit=" + std::to_string(limit));
  if (!answer) return fail(line, answer.error());
  if (!line.json()) return print_list(line, *answer);
  std::cout << *answer << '\n';
  return kOk;
}

int backtest_show(Arguments arguments) {
  CommandLine line(kShowHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1 || !is_id(line.words()[0])) return line.refuse("name one ID");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto job = ask(*settings, "backtests/" + line.words()[0]);
  if (!job) return fail(line, job.error());
  if (line.json()) {
    std::cout << *job << '\n';
    return kOk;
  }
  simdjson::dom::parser parser;
  element item;
  if (parser.parse(*job).get(item) != simdjson::SUCCESS) return fail(line, unreadable_answer());
  for (const char* field : {"status", "errorCode", "createdAt", "startedAt", "finishedAt"}) {
    print_field(std::cout, field, plain(item[field]));
  }
  print_field(std::cout, "request", plain(item["requestJson"]));
  for (const auto& [name, value] : metrics_of(*job)) print_field(std::cout, name, value);
  return kOk;
}

int backtest_compare(Arguments arguments) {
  CommandLine line(kCompareHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments, kMostCompared)) return *code;
  if (line.words().size() < 2 || !std::ranges::all_of(line.words(), is_id)) {
    return line.refuse("name two IDs or more");
  }
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  std::vector<std::string> answers;
  for (const std::string& id : line.words()) {
    auto job = ask(*settings, "backtests/" + id);
    if (!job) return fail(line, job.error());
    if (metrics_of(*job).empty()) return fail(line, {"NOT_DONE", "the job has no result", id});
    answers.push_back(std::move(*job));
  }
  if (!line.json()) {
    print_compared(line.words(), answers);
    return kOk;
  }
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const std::string& answer : answers) json.raw(answer);
  std::cout << json.end_array().end_object().take() << '\n';
  return kOk;
}

int backtest_export(Arguments arguments) {
  CommandLine line(kExportHelp, CommandLine::Settings::kNeeded);
  line.add()("out", po::value<std::string>(), "FILE | -");
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1 || !is_id(line.words()[0])) return line.refuse("name one ID");
  if (!line.has("out")) return line.refuse("--out is needed");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto database = open_database(*settings, command_deadline());
  if (!database) return fail(line, database.error());
  auto result = jobs::read_stored_result(*database->pool, *Uuid::parse(line.words()[0]));
  if (!result) return fail(line, result.error());
  const auto& file = line.values()["out"].as<std::string>();
  if (file == "-") {
    std::cout << *result << '\n';
    return kOk;
  }
  const auto written = write_file_atomic(file, *result, 0644);
  if (!written) return fail(line, written.error());
  // What was asked for is in the file; this only says so.
  if (line.json()) {
    JsonWriter told;
    told.begin_object().field("file", file).field("bytes", result->size()).end_object();
    std::cout << told.take() << '\n';
  } else {
    print_field(std::cout, "파일 · file", file);
    print_field(std::cout, "바이트 · bytes", std::to_string(result->size()));
  }
  return kOk;
}

}  // namespace everbit::cli
