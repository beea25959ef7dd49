#include "trading/intent/decision_row.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/abi_decimal.h"
#include "base/json_writer.h"

namespace everbit::trading {
namespace {

constexpr store::Sql kInsert{R"sql(
  INSERT INTO decision (owner_id, strategy_key, mode, market, timeframe, candle_close_time, state, regime,
                        reason_codes, gates, checks, indicator_values, open_price, high_price, low_price,
                        close_price, volume, value, decided_at)
  VALUES ($1, $2, $3, $4, $5, $6, left($7, 32), left($8, 32), $9, $10, $11, $12::json, $13, $14, $15,
          $16, $17, $18, $19))sql"};

// What the codes, conditions and indicators of a row may take of its 1,024 bytes; the rest is for
// the columns of fixed size, measured by the tests.
constexpr std::size_t kTextBytes = 690;
constexpr std::size_t kBytesPerCode = 8;  // of an array's element beside its text
constexpr std::array<std::string_view, 4> kRelations{"<=", ">=", "<", ">"};
constexpr int kDigits = 9;

Decimal exact(eb_dec value) { return *from_abi(value); }

// Nine digits, without an exponent for what a market shows: 148111000, 0.0812345678.
std::string number_text(double number) {
  std::array<char, 48> text{};
  const auto whole =
      std::to_chars(text.begin(), text.end(), number, std::chars_format::general, kDigits);
  std::string_view out(text.data(), static_cast<std::size_t>(whole.ptr - text.data()));
  if (out.find('e') == std::string_view::npos || std::abs(number) < 1 || std::abs(number) >= 1e15) {
    return std::string(out);
  }
  const auto fixed = std::to_chars(text.begin(), text.end(), number, std::chars_format::fixed, 0);
  return {text.data(), fixed.ptr};
}

std::size_t bytes_of(const std::vector<std::string>& codes) {
  std::size_t bytes = 0;
  for (const std::string& code : codes) bytes += code.size() + kBytesPerCode;
  return bytes;
}

std::string checks_text(const std::vector<plugins::Gate>& first,
                        const std::vector<plugins::Gate>& second, std::size_t most) {
  std::string text;
  for (const auto* gates : {&first, &second}) {
    for (const plugins::Gate& gate : *gates) {
      const std::string one = check_text(gate);
      if (text.size() + 1 + one.size() > most) return text;
      if (!text.empty()) text += ' ';
      text += one;
    }
  }
  return text;
}

std::string values_json(const std::vector<std::pair<std::string, double>>& values,
                        std::size_t most) {
  std::string text = "{";
  for (const auto& [name, value] : values) {
    std::string one = text.size() > 1 ? "," : "";
    append_json_string(one, name);
    one += ":" + number_text(value);
    if (text.size() + one.size() + 1 > most) break;
    text += one;
  }
  return text + "}";
}

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_of(" <>:") == std::string_view::npos;
}

bool read_number(std::string_view text, double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<void> write_decision(store::TradingTransaction& tx, const DecisionRow& row) {
  const std::size_t codes = bytes_of(row.reason_codes) + bytes_of(row.refusals);
  const std::size_t left = codes < kTextBytes ? kTextBytes - codes : 0;
  const std::string checks = checks_text(row.decision.gates, row.host_gates, left);
  const std::string values = values_json(row.decision.values, left - checks.size());
  std::optional<Decimal> traded;
  if ((row.candle.flags & EB_CANDLE_VALUE_KNOWN) != 0) traded = exact(row.candle.value);
  auto stored = tx.exec(kInsert, row.key.owner, row.key.strategy_key, to_string(row.key.mode),
                        row.key.market, row.key.timeframe, row.close, row.decision.state,
                        row.decision.regime, row.reason_codes, row.refusals, checks, values,
                        exact(row.candle.open), exact(row.candle.high), exact(row.candle.low),
                        exact(row.candle.close), exact(row.candle.volume), traded, row.decided_at);
  if (!stored) return stored.error();
  return {};
}

std::string check_text(const plugins::Gate& gate) {
  std::string text;
  for (const char c : gate.name) text += is_name(std::string_view(&c, 1)) ? c : '_';
  text += kRelations[static_cast<std::size_t>(gate.relation)];
  return text + number_text(gate.threshold) + ":" + number_text(gate.value) +
         (gate.passed ? "+" : "-");
}

std::optional<plugins::Gate> parse_check(std::string_view text) {
  plugins::Gate gate;
  const std::size_t relation = text.find_first_of("<>");
  const std::size_t colon = text.find(':');
  if (relation == std::string_view::npos || colon == std::string_view::npos || colon < relation ||
      !is_name(text.substr(0, relation)) || (text.back() != '+' && text.back() != '-')) {
    return std::nullopt;
  }
  gate.name = text.substr(0, relation);
  gate.passed = text.back() == '+';
  const bool equal = text[relation + 1] == '=';
  gate.relation = text[relation] == '<' ? (equal ? EB_GATE_AT_MOST : EB_GATE_BELOW)
                                        : (equal ? EB_GATE_AT_LEAST : EB_GATE_ABOVE);
  const std::size_t number = relation + (equal ? 2 : 1);
  const bool read = read_number(text.substr(number, colon - number), gate.threshold) &&
                    read_number(text.substr(colon + 1, text.size() - colon - 2), gate.value);
  return read ? std::optional(gate) : std::nullopt;
}

}  // namespace everbit::trading
