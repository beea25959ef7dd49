#include "integration/trading/exact_ledger.h"

#include <simdjson.h>

namespace everbit::trading {
namespace {

using boost::multiprecision::cpp_int;

std::string text_of(simdjson::dom::element element) {
  return std::string(element.get_string().value());
}

}  // namespace

Exact exact(std::string_view decimal) {
  const bool negative = decimal.starts_with('-');
  std::string digits;
  cpp_int scale = 1;
  bool fraction = false;
  for (const char letter : decimal.substr(negative ? 1 : 0)) {
    if (letter == '.') {
      fraction = true;
      continue;
    }
    digits += letter;
    if (fraction) scale *= 10;
  }
  // A leading zero would be read as octal.
  const std::size_t first = digits.find_first_not_of('0');
  const cpp_int whole(first == std::string::npos ? "0" : digits.substr(first));
  return Exact(negative ? cpp_int(-whole) : whole, scale);
}

std::string rounded(const Exact& value) {
  const cpp_int one = boost::multiprecision::pow(cpp_int(10), 18);
  const bool negative = value < 0;
  const Exact scaled = abs(value) * one * 2 + 1;
  const cpp_int units = numerator(scaled) / denominator(scaled) / 2;
  std::string text = cpp_int(units % one).str();
  text.insert(0, 18 - text.size(), '0');
  text.erase(text.find_last_not_of('0') + 1);
  text = cpp_int(units / one).str() + (text.empty() ? "" : "." + text);
  return negative && units != 0 ? "-" + text : text;
}

std::map<std::string, std::vector<LedgerFill>> read_ledger(const std::string& json) {
  std::map<std::string, std::vector<LedgerFill>> fills;
  simdjson::dom::parser parser;
  for (auto order : parser.parse(json)["orders"].get_array()) {
    std::string_view identifier;
    if (order["identifier"].get_string().get(identifier) != simdjson::SUCCESS) continue;
    auto& of_order = fills[std::string(identifier)];
    for (auto fill : order["fills"].get_array()) {
      of_order.push_back({text_of(fill["uuid"]), text_of(order["side"]) == "bid",
                          exact(text_of(fill["price"])), exact(text_of(fill["volume"])),
                          exact(text_of(fill["fee"])), fill["time_us"].get_int64().value()});
    }
  }
  return fills;
}

Exact ledger_balance(const std::string& json, std::string_view currency) {
  simdjson::dom::parser parser;
  for (auto account : parser.parse(json)["accounts"].get_array()) {
    for (auto balance : account["balances"].get_array()) {
      if (balance["currency"].get_string().value() != currency) continue;
      return exact(text_of(balance["balance"])) + exact(text_of(balance["locked"]));
    }
  }
  return 0;
}

void EntryAccount::add(const LedgerFill& fill) {
  fees += fill.fee;
  if (fill.buys) {
    bought += fill.volume;
    cost += fill.value();
    entry_fees += fill.fee;
  } else {
    sold += fill.volume;
    proceeds += fill.value();
  }
}

}  // namespace everbit::trading
