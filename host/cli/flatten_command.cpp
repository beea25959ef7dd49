#include "cli/flatten_command.h"

#include <iostream>

#include "api/flatten_json.h"
#include "api/switch_json.h"
#include "cli/daemon.h"
#include "cli/kill_switch_view.h"
#include "cli/own_switch.h"
#include "cli/question.h"
#include "cli/session.h"
#include "cli/text.h"

namespace everbit::cli {
namespace {

using store::Sql;

constexpr Help kHelp{
    "flatten", "[end] [--yes] [옵션 · options]",
    "모든 포지션을 시장가로 팔고 EXITS_ONLY로 바꿉니다. OFF였다면 매도를 위해 EXITS_ONLY로 "
    "켜집니다.\n"
    "Sells every position at market and goes to EXITS_ONLY, also from OFF.\n"
    "끝낼 때까지 유지됩니다: 그동안 열리는 포지션도 바로 팝니다. 정지된 마켓은 건너뜁니다.\n"
    "In force until ended: what opens meanwhile is sold at once. Suspended markets are skipped.\n"
    "주문은 everbitd가 냅니다 · everbitd makes the orders.\n\n"
    "예 · Example: everbit flatten --yes; everbit flatten end"};

constexpr std::chrono::seconds kDaemonPatience{15};

// What is there to be closed, and what closes it or keeps it from being closed.
constexpr Sql kPositions{R"(
  SELECT p.market, i.public_id, s.trade_status = 'SUSPENDED', i.intent_type = 'ENTRY'
  FROM position p
  JOIN market_state s ON s.owner_id = p.owner_id AND s.market = p.market
  LEFT JOIN order_intent i ON i.owner_id = p.owner_id AND i.market = p.market AND i.mode = p.mode
                              AND i.status = 'CREATED'
  WHERE p.status = 'OPEN' AND p.mode = $1 ORDER BY p.market)"};

// Without a daemon nothing can be sold yet: it begins, and the next daemon sells.
Result<trading::Flattened> flatten_here(const config::Settings& settings) {
  const Deadline deadline = command_deadline();
  const auto pool = make_pool(settings);
  OwnSwitch own(settings, *pool, deadline);
  const auto begun = own.kill_switch().begin_flatten(OwnSwitch::actor(), deadline);
  if (!begun) return begun.error();
  const auto rows = pool->exec(deadline, kPositions, to_string(settings.mode));
  if (!rows) return rows.error();
  trading::Flattened flattened;
  for (const store::Row row : *rows) {
    const auto market = row.get<std::string>(0);
    const auto intent = row.get<std::optional<Uuid>>(1);
    if (row.get<bool>(2)) {
      flattened.skipped.push_back({market, "MARKET_SUSPENDED"});
    } else if (!intent) {
      flattened.skipped.push_back({market, "TRADER_UNAVAILABLE"});
    } else if (row.get<std::optional<bool>>(3).value_or(false)) {
      flattened.skipped.push_back({market, "INTENT_OPEN"});
    } else {
      flattened.intents.push_back({market, *intent, false});
    }
  }
  return flattened;
}

void print_flattened(const trading::Flattened& flattened) {
  std::cout << "EXITS_ONLY, 끝낼 때까지 유지 · until ended: everbit flatten end\n";
  for (const auto& intent : flattened.intents) {
    print_field(std::cout, intent.market,
                intent.created ? "매도 시작 · the sale has begun" : "매도 중 · being sold");
  }
  for (const auto& skipped : flattened.skipped) {
    const bool later = skipped.reason_code == "TRADER_UNAVAILABLE";
    print_field(std::cout, skipped.market,
                later ? "everbitd가 실행되면 매도 · sold when everbitd runs"
                      : "건너뜀 · skipped: " + skipped.reason_code);
  }
}

int begin(const CommandLine& line, const config::Settings& settings) {
  const auto answer = daemon_or(settings, {"POST", "flatten"}, [&]() -> Result<std::string> {
    const auto flattened = flatten_here(settings);
    if (!flattened) return flattened.error();
    JsonWriter json;
    api::write_json(json, *flattened);
    return json.take();
  });
  if (!answer) return fail(line, answer.error());
  if (line.json()) {
    std::cout << *answer << '\n';
    return kOk;
  }
  const auto flattened = api::parse_flattened(*answer);
  if (!flattened) return fail(line, unreadable_answer());
  print_flattened(*flattened);
  return kOk;
}

Result<trading::SwitchView> end_by_daemon(const config::Settings& settings) {
  const Deadline deadline = Deadline::after(kDaemonPatience);
  if (auto ended = ask_daemon(settings, {"DELETE", "flatten"}, deadline); !ended) {
    return ended.error();
  }
  say_by_daemon();
  return daemon_switch(settings, deadline);
}

Result<trading::SwitchView> end_here(const config::Settings& settings) {
  say_without_daemon();
  const Deadline deadline = command_deadline();
  const auto pool = make_pool(settings);
  OwnSwitch own(settings, *pool, deadline);
  return own.kill_switch().end_flatten(OwnSwitch::actor(), deadline);
}

int end(const CommandLine& line, const config::Settings& settings) {
  auto view = end_by_daemon(settings);
  if (!view && view.error().code == "ADMIN_UNREACHABLE") view = end_here(settings);
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

int flatten(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  add_yes(line);
  if (const auto code = line.parse(arguments, 1)) return *code;
  const bool ends = !line.words().empty();
  if (ends && line.words()[0] != "end") return line.refuse("expected nothing or end");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (ends) return end(line, *settings);
  if (!is_agreed(line,
                 "모든 포지션을 팔고, OFF였다면 EXITS_ONLY로 바꿉니다. 계속할까요?\n"
                 "Sell every position, and go to EXITS_ONLY, from OFF too?")) {
    return kFailed;
  }
  return begin(line, *settings);
}

}  // namespace everbit::cli
