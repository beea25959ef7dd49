#include "cli/status_command.h"

#include <iostream>

#include "cli/session.h"
#include "cli/status_report.h"
#include "cli/text.h"
#include "store/migrations.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{
    "status", "[옵션 · options]",
    "데이터베이스에 기록된 현재 상태: 모드, 스위치, 트레이더, 보유, 시도, 이벤트, 최근 주문.\n"
    "The state as the database has it: mode, kill switch, trader, positions, attempts, outbox, "
    "newest orders.\n마이그레이션이 남아 있으면 종료 코드 1 · exit code 1 while migrations are "
    "pending."};

using States = std::vector<store::MigrationState>;

std::vector<std::string> pending_of(const States& states) {
  std::vector<std::string> pending;
  for (const store::MigrationState& state : states) {
    if (!state.applied_at) pending.push_back(state.name);
  }
  return pending;
}

void print_json(std::string_view mode, const States& states, const StatusReport* report) {
  const auto pending = pending_of(states);
  JsonWriter json;
  json.begin_object().field("mode", mode).key("migrations").begin_object();
  json.field("applied", states.size() - pending.size()).key("pending").begin_array();
  for (const std::string& name : pending) json.value(name);
  json.end_array().end_object();
  if (report != nullptr) write_fields(json, *report);
  std::cout << json.end_object().str() << '\n';
}

void print_text(std::string_view mode, const States& states, const StatusReport* report) {
  print_field(std::cout, "모드 Mode", mode);
  const auto pending = pending_of(states);
  print_field(std::cout, "마이그레이션 Migrations",
              std::to_string(states.size() - pending.size()) + " 적용 applied, " +
                  std::to_string(pending.size()) + " 대기 pending");
  if (report != nullptr) print(std::cout, *report);
}

}  // namespace

int status(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments)) return *code;
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const Deadline deadline = command_deadline();
  const auto states = store::migration_status(connect_settings(*settings), deadline);
  if (!states) return fail(line, states.error());
  const auto print_all = line.json() ? print_json : print_text;
  const std::string_view mode = to_string(settings->mode);
  const auto pending = pending_of(*states);
  if (!pending.empty()) {
    print_all(mode, *states, nullptr);
    return fail(line, {"SCHEMA_OUTDATED", "migrations are pending", pending.front()});
  }
  const auto report = read_status(*make_pool(*settings), *settings, deadline);
  if (!report) return fail(line, report.error());
  print_all(mode, *states, &*report);
  return kOk;
}

}  // namespace everbit::cli
