#include <boost/program_options.hpp>
#include <iostream>

#include "app.h"
#include "base/log.h"
#include "base/log_redaction.h"
#include "config/load.h"
#include "ops/process.h"
#include "ops/signals.h"

namespace {

namespace options = boost::program_options;
using everbit::config::Settings;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct CommandLine {
  std::string config = "/etc/everbit/everbit.toml";
  std::string roles;
};

// Nothing: help or version was printed, or the line was not understood; `code` is the exit code.
std::optional<CommandLine> parse(int argc, char** argv, int& code) {
  CommandLine line;
  options::options_description known(
      "everbitd: 업비트 자동 매매 데몬 · trades on Upbit\n\noptions");
  auto add = known.add_options();
  add("help,h", "이 도움말 · this help");
  add("version", "버전 · the version");
  add("config", options::value(&line.config)->value_name("FILE")->default_value(line.config),
      "설정 파일 · settings");
  add("roles", options::value(&line.roles)->value_name("LIST"),
      "설정의 roles를 대신함 · instead of the settings': trader,api,notifier,backtest,relay");
  try {
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    options::notify(given);
    code = 0;
    if (given.contains("help")) {
      std::cout << known;
      return std::nullopt;
    }
    if (given.contains("version")) {
      std::cout << "everbitd " << EVERBIT_VERSION << '\n';
      return std::nullopt;
    }
    return line;
  } catch (const options::error& error) {
    std::cerr << "everbitd: " << error.what() << "\n\n" << known;
    code = kUsage;
    return std::nullopt;
  }
}

std::optional<Settings> read_settings(const CommandLine& line,
                                      const everbit::config::Secrets& secrets) {
  auto loaded = everbit::config::load_settings(line.config, secrets);
  for (const auto& problem : loaded.problems) {
    std::cerr << "everbitd: " << everbit::config::to_string(problem) << '\n';
  }
  if (!loaded.settings) return std::nullopt;
  if (!line.roles.empty()) {
    auto roles = everbit::config::parse_roles(line.roles);
    if (!roles) {
      std::cerr << "everbitd: --roles: " << roles.error().message << '\n';
      return std::nullopt;
    }
    loaded.settings->roles = *roles;
  }
  return std::move(loaded.settings);
}

int serve(const CommandLine& line) {
  everbit::ops::harden_process();
  everbit::ops::bound_heap();
  everbit::config::Secrets secrets = everbit::config::take_secrets();
  auto settings = read_settings(line, secrets);
  if (!settings) return kUsage;
  everbit::ops::ProcessSignals signals;
  const everbit::LogSession log(
      {settings->log.level, settings->log.format, settings->log.file.string()});
  auto app = everbit::App::build(std::move(*settings), {line.config, std::move(secrets)});
  if (!app) {
    everbit::log_critical("start_failed", {{"error", to_string(app.error())}});
    std::cerr << "everbitd: " << everbit::redact(to_string(app.error())) << '\n';
    return kFailed;
  }
  return (*app)->run(signals);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    int code = 0;
    const auto line = parse(argc, argv, code);
    return line ? serve(*line) : code;
  } catch (const std::exception& error) {
    std::cerr << "everbitd: " << everbit::redact(error.what()) << '\n';
    return kFailed;
  }
}
