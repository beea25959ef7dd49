#include "cli/why_command.h"

#include <iostream>

#include "api/decision_report.h"
#include "api/market_list.h"
#include "cli/decision_words.h"
#include "cli/session.h"
#include "cli/text.h"
#include "store/migrations.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;
using api::DecisionItem;

constexpr int kDaysKept = 30;

constexpr Help kHelp{
    "why", "MARKET TIME [옵션 · options]",
    "그 시각에 닫힌 캔들에서 왜 사고팔았는지, 또는 왜 아무것도 하지 않았는지 말합니다.\n"
    "Tells why the candle that closed at TIME traded, or why it did not; between two closes, the\n"
    "candle that was running. TIME: 2026-11-20T14:15 (UTC), or with a zone: …+09:00. 30 days."};

std::string both(std::string_view ko, std::string_view en) {
  return ko == en ? std::string(ko) : std::string(ko) + " · " + std::string(en);
}

std::string code_in_words(const std::string& code) {
  const Words words = words_of_code(code);
  return words.ko == code ? code : both(words.ko, words.en) + "  (" + code + ")";
}

std::string number(double value) {
  std::string text;
  append_json_double(text, value);
  return text;
}

// "yes or no" conditions are 1 or 0 against 1.
bool is_plain(const plugins::Gate& gate) {
  return gate.threshold == 1 && (gate.value == 0 || gate.value == 1) &&
         gate.relation == EB_GATE_AT_LEAST;
}

void print_checks(const std::vector<plugins::Gate>& checks) {
  std::vector<std::vector<std::string>> rows;
  for (const plugins::Gate& gate : checks) {
    const Words words = words_of_check(gate.name);
    rows.push_back({gate.passed ? "예 · yes" : "아니오 · no", both(words.ko, words.en),
                    is_plain(gate) ? "" : number(gate.value),
                    is_plain(gate) ? ""
                                   : std::string(api::relation_text(gate.relation)) + " " +
                                         number(gate.threshold)});
  }
  std::cout << '\n';
  print_table(std::cout, {"충족 · met", "조건 · condition", "값 · value", "기준 · threshold"},
              rows);
}

std::string outcome_of(const DecisionItem& item) {
  if (!item.order) return both("주문 없음", "no order was asked for");
  const DecisionItem::Order& order = *item.order;
  const std::string side = order.side == "BUY" ? both("매수", "buy") : both("매도", "sell");
  if (!order.intent_type) return side + ", " + both("거부됨", "refused");
  std::string text = side + " " + *order.intent_type + " " + order.status.value_or("");
  if (order.reason_code) text += " (" + *order.reason_code + ")";
  return text;
}

void print_item(const DecisionItem& item) {
  const Words state = words_of_code(item.state);
  const Words regime = words_of_code(item.regime);
  std::cout << item.market << ' ' << item.timeframe << "  " << item.strategy_key << "  "
            << item.mode << '\n';
  print_field(std::cout, "캔들 마감 · candle closed",
              item.close.to_iso_kst() + "  (" + item.close.to_iso() + ")");
  print_field(std::cout, "판단 · decided", item.decided_at.to_iso_kst());
  print_field(std::cout, "시가 고가 저가 종가 · O H L C",
              item.open_price.to_string() + "  " + item.high_price.to_string() + "  " +
                  item.low_price.to_string() + "  " + item.close_price.to_string());
  print_field(std::cout, "거래량 · volume", item.volume.to_string());
  print_field(std::cout, "국면 · regime", both(regime.ko, regime.en));
  print_field(std::cout, "상태 · state", both(state.ko, state.en));
  for (const std::string& code : item.reason_codes) {
    print_field(std::cout, "이유 · reason", code_in_words(code));
  }
  for (const std::string& code : item.refusals) {
    print_field(std::cout, "거부 · refused", code_in_words(code));
  }
  print_field(std::cout, "결과 · outcome", outcome_of(item));
  if (!item.checks.empty()) print_checks(item.checks);
  std::cout << "\n  지표 · indicators  " << item.values_json << "\n\n";
}

std::string time_or_dash(const std::optional<Timestamp>& time) {
  return time ? time->to_iso_kst() + "  (" + time->to_iso() + ")" : "-";
}

void print_absence(const api::DecisionQuestion& question, const api::DecisionAbsence& absence) {
  std::cout << question.market << "  " << question.at.to_iso_kst() << "  (" << question.at.to_iso()
            << "): " << both("판단 기록이 없습니다", "nothing was decided then") << '\n';
  const auto say = [](std::string_view ko, std::string_view en) {
    std::cout << "  " << both(ko, en) << '\n';
  };
  const Timestamp now = SystemClock().now();
  if (question.at > now) say("아직 오지 않은 시각입니다", "that time is still to come");
  if (question.at < now - std::chrono::hours(24 * kDaysKept)) {
    say("기록은 30일 동안만 남습니다", "decisions are kept for 30 days");
  }
  if (!absence.market_known) {
    say("이 마켓은 설정에 없습니다", "this market is not in the settings");
  } else if (!absence.market_enabled) {
    say("이 마켓은 꺼져 있습니다", "this market is disabled");
  }
  if (absence.trader_since && question.at < *absence.trader_since) {
    say("지금의 everbitd가 시작되기 전입니다", "before the trader that runs now had started");
  }
  if (!absence.trader_alive) say("everbitd가 실행 중이 아닙니다", "everbitd does not run");
  if (absence.gap_cause) {
    print_field(std::cout, "캔들이 없던 이유 · gap", *absence.gap_cause);
  }
  print_field(std::cout, "이전 판단 · decision before", time_or_dash(absence.before));
  print_field(std::cout, "다음 판단 · decision after", time_or_dash(absence.after));
}

Result<Timestamp> time_of(std::string text) {
  // "2026-11-20T14:15" and "2026-11-20T14:15+09:00": the seconds may be left out.
  const bool short_time = text.size() >= 16 && text[10] == 'T' && text[13] == ':' &&
                          (text.size() == 16 || text[16] != ':');
  if (short_time) text.insert(16, ":00");
  return Timestamp::parse(text, true);
}

int tell(const CommandLine& line, const api::DecisionQuestion& question,
         const std::vector<DecisionItem>& items,
         const std::optional<api::DecisionAbsence>& absence) {
  if (line.json()) {
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const DecisionItem& item : items) write_json(json, item);
    json.end_array().key("absence");
    absence ? write_json(json, *absence) : void(json.null());
    std::cout << json.end_object().str() << '\n';
  } else {
    for (const DecisionItem& item : items) print_item(item);
    if (absence) print_absence(question, *absence);
  }
  return items.empty() ? kFailed : kOk;
}

}  // namespace

int why(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("strategy", po::value<std::string>(), "이 전략만 · this strategy only");
  line.add()("mode", po::value<std::string>(), "REAL | PAPER (기본: 설정 · the settings')");
  if (const auto code = line.parse(arguments, 2)) return *code;
  if (line.words().size() != 2 || !api::is_market(line.words()[0])) {
    return line.refuse("MARKET and TIME are needed, like KRW-BTC 2026-11-20T14:15");
  }
  const auto at = time_of(line.words()[1]);
  if (!at) return line.refuse("TIME like 2026-11-20T14:15 (UTC) or 2026-11-20T23:15+09:00");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (auto good = store::check_schema(connect_settings(*settings), command_deadline()); !good) {
    return fail(line, good.error());
  }
  const auto pool = make_pool(*settings);
  api::DecisionQuestion question{line.words()[0], std::string(to_string(settings->mode)), *at, {}};
  if (line.has("mode")) question.mode = line.values()["mode"].as<std::string>();
  if (line.has("strategy")) question.strategy_key = line.values()["strategy"].as<std::string>();
  if (question.mode != "REAL" && question.mode != "PAPER") return line.refuse("--mode REAL|PAPER");
  const auto items = api::read_decisions(*pool, question, command_deadline());
  if (!items) return fail(line, items.error());
  std::optional<api::DecisionAbsence> absence;
  if (items->empty()) {
    auto read = api::read_absence(*pool, question, command_deadline());
    if (!read) return fail(line, read.error());
    absence = *read;
  }
  return tell(line, question, *items, absence);
}

}  // namespace everbit::cli
