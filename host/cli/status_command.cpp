#include "cli/status_command.h"

#include <iostream>

#include "api/status_report.h"
#include "api/switch_json.h"
#include "cli/daemon.h"
#include "cli/kill_switch_view.h"
#include "cli/own_switch.h"
#include "cli/session.h"
#include "cli/status_output.h"
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

constexpr std::chrono::seconds kDaemonPatience{3};

using States = std::vector<store::MigrationState>;

std::vector<std::string> pending_of(const States& states) {
  std::vector<std::string> pending;
  for (const store::MigrationState& state : states) {
    if (!state.applied_at) pending.push_back(state.name);
  }
  return pending;
}

// What can be told: without a database only the daemon's switch.
struct Shown {
  std::string_view mode;
  bool daemon_answers = false;
  const States* states = nullptr;
  const api::StatusReport* report = nullptr;
  std::optional<trading::SwitchView> daemon_switch{};
};

void print_json(const Shown& shown) {
  JsonWriter json;
  json.begin_object().field("mode", shown.mode).field("daemonAnswers", shown.daemon_answers);
  if (shown.states != nullptr) {
    const auto pending = pending_of(*shown.states);
    json.key("migrations").begin_object();
    json.field("applied", shown.states->size() - pending.size()).key("pending").begin_array();
    for (const std::string& name : pending) json.value(name);
    json.end_array().end_object();
  }
  if (shown.report != nullptr) {
    write_fields(json, *shown.report);
  } else if (shown.daemon_switch) {
    api::write_json(json.key("killSwitch"), *shown.daemon_switch);
  }
  std::cout << json.end_object().str() << '\n';
}

void print_text(const Shown& shown) {
  print_field(std::cout, "모드 Mode", shown.mode);
  print_field(std::cout, "데몬 Daemon",
              shown.daemon_answers ? "응답 · answers (admin.sock)"
                                   : "응답 없음 · no answer; the switch by data.dir and database");
  if (shown.states != nullptr) {
    const auto pending = pending_of(*shown.states);
    print_field(std::cout, "마이그레이션 Migrations",
                std::to_string(shown.states->size() - pending.size()) + " 적용 applied, " +
                    std::to_string(pending.size()) + " 대기 pending");
  }
  if (shown.report != nullptr) {
    print(std::cout, *shown.report);
  } else if (shown.daemon_switch) {
    print(std::cout, *shown.daemon_switch);
  }
}

// The switch as the daemon obeys it; without one, as its files and the database have it.
Result<trading::SwitchView> switch_of(const std::optional<trading::SwitchView>& daemon,
                                      const config::Settings& settings, store::Pool& pool,
                                      Deadline deadline) {
  if (daemon) return *daemon;
  const OwnSwitch own(settings, pool, deadline);
  if (!own.read()) return own.read().error();
  return own.view();
}

}  // namespace

int status(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments)) return *code;
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto daemon = daemon_switch(*settings, Deadline::after(kDaemonPatience));
  Shown shown{.mode = to_string(settings->mode), .daemon_answers = daemon.has_value()};
  if (daemon) shown.daemon_switch = *daemon;
  const auto show = line.json() ? print_json : print_text;

  const Deadline deadline = command_deadline();
  const auto states = store::migration_status(connect_settings(*settings), deadline);
  if (!states) {
    if (daemon) show(shown);
    return fail(line, states.error());
  }
  shown.states = &*states;
  if (const auto pending = pending_of(*states); !pending.empty()) {
    show(shown);
    return fail(line, {"SCHEMA_OUTDATED", "migrations are pending", pending.front()});
  }
  const auto pool = make_pool(*settings);
  auto view = switch_of(shown.daemon_switch, *settings, *pool, deadline);
  if (!view) return fail(line, view.error());
  const auto report = api::read_status(*pool, shown.mode, std::move(*view), deadline);
  if (!report) return fail(line, report.error());
  shown.report = &*report;
  show(shown);
  return kOk;
}

}  // namespace everbit::cli
