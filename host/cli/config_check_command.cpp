#include "cli/config_check_command.h"

#include <iostream>

#include "base/json_writer.h"
#include "cli/command_line.h"
#include "config/load.h"
#include "config/plugins_lock.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{
    "config check", "[옵션 · options]",
    "설정 파일, 비밀값, plugins.lock을 검사하고 잘못된 곳을 모두 알려 줍니다. 아무것도 바꾸지 "
    "않습니다.\n"
    "Checks the settings file, the secrets at hand and plugins.lock, and names every mistake. "
    "Changes nothing."};

std::vector<config::ConfigProblem> problems_of(const std::filesystem::path& file) {
  auto loaded = config::load_settings(file, config::take_secrets());
  if (!loaded.settings) return std::move(loaded.problems);
  return config::PluginsLock::load(loaded.settings->plugins.lock).problems;
}

void print_json(const std::vector<config::ConfigProblem>& problems) {
  JsonWriter json;
  json.begin_object().field("ok", problems.empty()).key("problems").begin_array();
  for (const config::ConfigProblem& problem : problems) {
    const std::optional<int> number = problem.line > 0 ? std::optional(problem.line) : std::nullopt;
    json.begin_object()
        .field("file", problem.file)
        .field("line", number)
        .field("field", problem.field)
        .field("message", problem.message)
        .end_object();
  }
  json.end_array().end_object();
  std::cout << json.str() << '\n';
}

}  // namespace

int config_check(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments)) return *code;
  const auto problems = problems_of(line.config());
  if (line.json()) {
    print_json(problems);
  } else {
    for (const auto& problem : problems) std::cout << to_string(problem) << '\n';
    if (problems.empty())
      std::cout << "이상 없음 · no problems: " << line.config().string() << '\n';
  }
  return problems.empty() ? kOk : kFailed;
}

}  // namespace everbit::cli
