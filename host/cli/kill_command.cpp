#include "cli/kill_command.h"

#include <iostream>

#include "api/switch_json.h"
#include "cli/daemon.h"
#include "cli/kill_switch_view.h"
#include "cli/own_switch.h"
#include "cli/session.h"
#include "store/migrations.h"

namespace everbit::cli {
namespace {

using trading::SwitchChange;
using trading::SwitchView;

// The daemon's switch moves at once; it waits this long for its database at most.
constexpr std::chrono::seconds kDaemonPatience{10};

constexpr Help kHelp{
    "kill", "on|exits|off|status [--strategy KEY on|off] [옵션 · options]",
    "거래 스위치. on: 모든 거래, exits: 매도만, off: 새 주문 없음, status: 보기만.\n"
    "The kill switch. on: trade; exits: only sell; off: no new order; status: only look.\n"
    "off는 이미 업비트에 있는 주문을 취소하지 않습니다 · off cancels no order at Upbit.\n"
    "업비트 차단(418) 중이거나 data.dir에 kill-switch.off 파일이 있으면 켤 수 없습니다.\n"
    "More trading is refused while Upbit blocks (418) or while kill-switch.off lies in data.dir.\n"
    "off와 exits는 데이터베이스 없이도 됩니다: data.dir의 kill-switch.state 파일이면 충분합니다.\n"
    "off and exits need no database: the file kill-switch.state in data.dir is enough.\n"
    "실행 중인 데몬이 있으면 admin.sock으로 바로 전합니다 · a running daemon is told at once.\n\n"
    "예 · Example: everbit kill on --strategy EXTREME_FLIP on"};

std::optional<AccountPosition> position_of(std::string_view word) {
  if (word == "on") return AccountPosition::kOn;
  if (word == "exits") return AccountPosition::kExitsOnly;
  if (word == "off") return AccountPosition::kOff;
  return std::nullopt;
}

bool is_strategy_key(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text[0] >= 'A' && text[0] <= 'Z' &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

// "KEY on|off"; none when the words are not that.
std::optional<SwitchChange::Strategy> strategy_of(const std::vector<std::string>& words) {
  if (words.size() != 2 || !is_strategy_key(words[0])) return std::nullopt;
  if (words[1] != "on" && words[1] != "off") return std::nullopt;
  return SwitchChange::Strategy{words[0], words[1] == "on"};
}

bool is_nothing(const SwitchChange& change) { return !change.account && !change.strategy; }

// Can only stop something, whatever stands now, so that doing it twice does no harm.
bool only_stops(const SwitchChange& change) {
  return (!change.account || *change.account == AccountPosition::kOff) &&
         (!change.strategy || !change.strategy->enabled);
}

Result<SwitchView> ask(const config::Settings& settings, const SwitchChange& change) {
  const Deadline deadline = Deadline::after(kDaemonPatience);
  return is_nothing(change) ? daemon_switch(settings, deadline)
                            : change_daemon_switch(settings, change, deadline);
}

// Whether the command may do itself what the daemon did not. A daemon that said no is obeyed; of
// one that said nothing at all it is not known what it did.
bool may_go_on(const Error& error, const SwitchChange& change) {
  return error.code == "ADMIN_UNREACHABLE" || (error.code == "ADMIN_SILENT" && only_stops(change));
}

// Without the daemon. Towards less trading the schema and even the database may be missing: the
// state file is enough.
Result<SwitchView> do_it_here(const config::Settings& settings, const SwitchChange& change) {
  const Deadline deadline = command_deadline();
  if (!only_stops(change)) {
    const auto good = store::check_schema(connect_settings(settings), deadline);
    if (!good && good.error().code == "SCHEMA_OUTDATED") return good.error();
  }
  const auto pool = make_pool(settings);
  OwnSwitch own(settings, *pool, deadline);
  if (!is_nothing(change)) {
    return own.kill_switch().change(change, OwnSwitch::actor(), deadline);
  }
  if (!own.read()) return own.read().error();
  return own.view();
}

int run(const CommandLine& line, const SwitchChange& change) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  auto view = ask(*settings, change);
  if (view) {
    say_by_daemon();
  } else if (may_go_on(view.error(), change)) {
    say_without_daemon();
    view = do_it_here(*settings, change);
  }
  if (!view) return fail(line, view.error());
  if (line.json()) {
    JsonWriter json;
    api::write_json(json, *view);
    std::cout << json.str() << '\n';
  } else {
    print(std::cout, *view);
  }
  return kOk;
}

}  // namespace

int kill_switch(Arguments arguments) {
  using Texts = std::vector<std::string>;
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("strategy", boost::program_options::value<Texts>()->multitoken(),
             "KEY on|off 전략 하나의 스위치 · the switch of one strategy");
  if (const auto code = line.parse(arguments, 1)) return *code;
  SwitchChange change;
  if (line.has("strategy")) {
    change.strategy = strategy_of(line.values()["strategy"].as<Texts>());
    if (!change.strategy) return line.refuse("--strategy takes KEY on|off");
  }
  if (line.words().empty()) {
    if (!change.strategy) return line.refuse("on, exits, off or status is missing");
    return run(line, change);
  }
  const std::string& word = line.words()[0];
  change.account = position_of(word);
  const bool looks = word == "status" && !change.strategy;
  if (!change.account && !looks) return line.refuse("expected on, exits, off or status: " + word);
  return run(line, change);
}

}  // namespace everbit::cli
