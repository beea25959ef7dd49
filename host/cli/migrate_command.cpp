#include "cli/migrate_command.h"

#include <iostream>

#include "base/json_writer.h"
#include "cli/session.h"
#include "store/installation.h"
#include "store/migrations.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{
    "migrate", "[--status] [옵션 · options]",
    "빠진 마이그레이션을 순서대로 적용하고, 소유자와 설치 표식을 만듭니다. 여러 번 "
    "실행해도 됩니다.\n"
    "Applies what the database lacks, in order, and makes the owner's row (with "
    "its kill switch OFF)\nand the installation's tag. May be run again at any "
    "time."};

int show(const CommandLine& line, const store::ConnectSettings& connect) {
  const auto states = store::migration_status(connect, command_deadline());
  if (!states) return fail(line, states.error());
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const store::MigrationState& state : *states) {
    json.begin_object().field("name", state.name).field("appliedAt", state.applied_at).end_object();
    if (line.json()) continue;
    std::cout << "  " << state.name << "  "
              << (state.applied_at ? state.applied_at->to_iso_kst() : "미적용 · pending") << '\n';
  }
  json.end_array().end_object();
  if (line.json()) std::cout << json.str() << '\n';
  return kOk;
}

int apply(const CommandLine& line, const config::Settings& settings, Deadline deadline) {
  const auto progress = [&](std::string_view name) {
    if (!line.json()) std::cout << "적용 · applied  " << name << std::endl;
  };
  const auto applied = store::apply_migrations(connect_settings(settings), deadline,
                                               store::embedded_migrations(), progress);
  if (!applied) return fail(line, applied.error());
  const auto pool = make_pool(settings);
  const auto owner = store::ensure_owner(*pool, SystemClock(), deadline);
  if (!owner) return fail(line, owner.error());
  const auto tag = store::ensure_installation_tag(*pool, deadline);
  if (!tag) return fail(line, tag.error());
  if (line.json()) {
    JsonWriter json;
    json.begin_object().key("applied").begin_array();
    for (const std::string& name : *applied) json.value(name);
    json.end_array().field("installationTag", *tag).end_object();
    std::cout << json.str() << '\n';
  } else if (applied->empty()) {
    std::cout << "이미 최신입니다 · up to date (" << store::embedded_migrations().size() << ")\n";
  }
  return kOk;
}

}  // namespace

int migrate(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("status", "적용하지 않고 보기만 · only show what is applied and what is not");
  line.add()("timeout", boost::program_options::value<unsigned>()->default_value(600),
             "최대 초 · seconds to wait at most (1-3600)");
  if (const auto code = line.parse(arguments)) return *code;
  const unsigned seconds = line.values()["timeout"].as<unsigned>();
  if (seconds < 1 || seconds > 3600) return line.refuse("--timeout must be 1 to 3600");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (line.has("status")) return show(line, connect_settings(*settings));
  return apply(line, *settings, Deadline::after(std::chrono::seconds(seconds)));
}

}  // namespace everbit::cli
