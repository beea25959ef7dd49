#include "jobs/result_parts.h"

#include <simdjson.h>

#include <array>
#include <utility>

namespace everbit::jobs {
namespace {

Error broken(std::string_view what) { return {"RESULT", "unreadable: " + std::string(what)}; }

// Member name and where it goes.
constexpr std::array<std::pair<std::string_view, std::string RunRow::*>, 8> kMembers{
    {{"request", &RunRow::request},
     {"data", &RunRow::data},
     {"metrics", &RunRow::metrics},
     {"signals", &RunRow::signals},
     {"trades", &RunRow::trades},
     {"refusedEntries", &RunRow::refused_entries},
     {"decisions", &RunRow::decisions},
     {"equity", &RunRow::equity}}};

Result<RunRow> read_run(simdjson::ondemand::object object) {
  RunRow row;
  for (auto field : object) {
    std::string_view key;
    std::string_view raw;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return broken("a key");
    simdjson::ondemand::value value;
    if (field.value().get(value) != simdjson::SUCCESS ||
        simdjson::to_json_string(value).get(raw) != simdjson::SUCCESS) {
      return broken(key);
    }
    for (const auto& [name, member] : kMembers) {
      if (name == key) row.*member = std::string(raw);
    }
  }
  for (const auto& [name, member] : kMembers) {
    if ((row.*member).empty()) return broken(name);
  }
  return row;
}

Result<std::string> version_of(const std::string& request) {
  simdjson::dom::parser parser;
  std::string_view version;
  if (parser.parse(request)["strategyVersion"].get_string().get(version) != simdjson::SUCCESS) {
    return broken("strategyVersion");
  }
  return std::string(version.substr(0, 64));
}

}  // namespace

Result<ResultParts> split_result(std::string_view json) {
  const simdjson::padded_string text(json);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return broken("no object");
  }
  ResultParts parts;
  simdjson::ondemand::array runs;
  if (object.find_field_unordered("runs").get_array().get(runs) == simdjson::SUCCESS) {
    for (auto run : runs) {
      simdjson::ondemand::object one;
      if (run.get_object().get(one) != simdjson::SUCCESS) return broken("runs");
      auto row = read_run(one);
      if (!row) return row.error();
      parts.runs.push_back(std::move(*row));
    }
  } else {
    if (object.reset().error() != simdjson::SUCCESS) return broken("no object");
    auto row = read_run(object);
    if (!row) return row.error();
    parts.runs.push_back(std::move(*row));
  }
  if (parts.runs.empty()) return broken("no run");
  auto version = version_of(parts.runs.front().request);
  if (!version) return version.error();
  parts.strategy_version = std::move(*version);
  return parts;
}

}  // namespace everbit::jobs
