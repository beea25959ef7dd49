#include "cli/flatten_command.h"

#include <iostream>

#include "api/switch_json.h"
#include "cli/kill_switch_view.h"
#include "cli/own_switch.h"
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

// What is there to be closed, and what closes it or keeps it from being closed.
constexpr Sql kPositions{R"(
  SELECT p.market, i.intent_type, i.public_id, s.suspend_reason_code
  FROM position p
  JOIN market_state s ON s.owner_id = p.owner_id AND s.market = p.market
  LEFT JOIN order_intent i ON i.owner_id = p.owner_id AND i.market = p.market AND i.mode = p.mode
                              AND i.status = 'CREATED'
  WHERE p.status = 'OPEN' AND p.mode = $1 ORDER BY p.market)"};

constexpr Sql kTraderRuns{"SELECT 1 FROM trader_instance WHERE instance_alive(instance)"};

struct Open {
  std::string market;
  std::optional<std::string> intent_type;
  std::optional<Uuid> intent;
  std::optional<std::string> suspended;
};

struct Shown {
  trading::SwitchView view;
  std::vector<Open> positions;
  bool trader_runs = false;
};

bool is_sure() {
  std::cerr << "모든 포지션을 팔까요? 'yes'를 입력하십시오 · Sell everything? Type 'yes': ";
  std::string answer;
  return std::getline(std::cin, answer) && answer == "yes";
}

Result<Shown> look(const config::Settings& settings, store::Pool& pool,
                   const trading::SwitchView& view, Deadline deadline) {
  Shown result{view, {}, false};
  const auto rows = pool.exec(deadline, kPositions, to_string(settings.mode));
  if (!rows) return rows.error();
  for (const store::Row row : *rows) {
    result.positions.push_back({row.get<std::string>(0), row.get<std::optional<std::string>>(1),
                                row.get<std::optional<Uuid>>(2),
                                row.get<std::optional<std::string>>(3)});
  }
  const auto trader = pool.exec(deadline, kTraderRuns);
  if (!trader) return trader.error();
  result.trader_runs = !trader->empty();
  return result;
}

void print_json(const Shown& result) {
  JsonWriter json;
  json.begin_object().key("killSwitch");
  api::write_json(json, result.view);
  json.field("traderRuns", result.trader_runs).key("positions").begin_array();
  for (const Open& open : result.positions) {
    json.begin_object()
        .field("market", open.market)
        .field("intentType", open.intent_type)
        .field("intentPublicId", open.intent)
        .field("suspendReasonCode", open.suspended)
        .end_object();
  }
  std::cout << json.end_array().end_object().str() << '\n';
}

void print_text(const Shown& result) {
  print(std::cout, result.view);
  for (const Open& open : result.positions) {
    std::string state = open.intent_type ? *open.intent_type : "매도 예정 · to be sold";
    if (open.suspended) state = "건너뜀 · skipped: " + *open.suspended;
    print_field(std::cout, open.market, state);
  }
  if (!result.trader_runs && !result.positions.empty()) {
    std::cout << "everbitd가 실행되면 매도합니다 · sold when everbitd runs\n";
  }
}

}  // namespace

int flatten(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("yes", "묻지 않음 · do not ask");
  if (const auto code = line.parse(arguments, 1)) return *code;
  const bool ends = !line.words().empty();
  if (ends && line.words()[0] != "end") return line.refuse("expected nothing or end");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (!ends && !line.has("yes") && !is_sure()) return line.refuse("not confirmed");
  const Deadline deadline = command_deadline();
  const auto pool = make_pool(*settings);
  OwnSwitch own(*settings, *pool, deadline);
  const auto done = ends ? own.kill_switch().end_flatten(OwnSwitch::actor(), deadline)
                         : own.kill_switch().begin_flatten(OwnSwitch::actor(), deadline);
  if (!done) return fail(line, done.error());
  const auto result = look(*settings, *pool, *done, deadline);
  if (!result) return fail(line, result.error());
  line.json() ? print_json(*result) : print_text(*result);
  return kOk;
}

}  // namespace everbit::cli
