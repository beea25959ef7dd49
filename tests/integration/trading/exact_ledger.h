#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <string>
#include <vector>

namespace everbit::trading {

using Exact = boost::multiprecision::cpp_rational;

// "-12.5" as a number without rounding.
Exact exact(std::string_view decimal);
// With 18 places, halves away from zero, as the database rounds; without trailing zeros.
std::string rounded(const Exact& value);

// One execution, as the simulator's ledger has it.
struct LedgerFill {
  std::string uuid;
  bool buys = false;
  Exact price;
  Exact volume;
  Exact fee;
  std::int64_t time_us = 0;

  Exact value() const { return price * volume; }
};

// By the identifier of the order.
std::map<std::string, std::vector<LedgerFill>> read_ledger(const std::string& json);
// Balance and locked.
Exact ledger_balance(const std::string& json, std::string_view currency);

// What an entry and its exits come to, by the ledger alone.
struct EntryAccount {
  Exact bought;
  Exact cost;
  Exact fees;
  Exact entry_fees;
  Exact sold;
  Exact proceeds;

  void add(const LedgerFill& fill);
  Exact average() const { return cost / bought; }
  Exact profit() const { return proceeds - cost - fees; }
};

}  // namespace everbit::trading
