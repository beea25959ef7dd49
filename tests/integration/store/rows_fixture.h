#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/uuid.h"
#include "store/ids.h"
#include "support/database.h"

namespace everbit::test {

// Rows of an owner with two markets and one active strategy, made by plain SQL: what the database
// refuses must be refused whatever code writes it.
class TradingRows {
 public:
  TradingRows();

  const TestDatabase& database() const { return database_; }
  store::OwnerId owner() const { return owner_; }
  std::string owner_text() const { return std::to_string(owner_.value()); }
  static std::string new_id();
  const Uuid& instance() const { return instance_; }

  // A signal of one market, another candle each time; its id.
  std::int64_t signal(const std::string& market = "KRW-BTC", const std::string& side = "BUY",
                      const std::string& mode = "REAL");
  // The SQL of an entry (or exit) intent of that signal; not run.
  std::string intent_sql(std::int64_t signal, const std::string& market = "KRW-BTC",
                         const std::string& type = "ENTRY", const std::string& mode = "REAL") const;
  std::int64_t intent(const std::string& market = "KRW-BTC");
  std::string attempt_sql(std::int64_t intent, int number,
                          const std::string& market = "KRW-BTC") const;
  std::int64_t attempt(std::int64_t intent, int number = 1);
  // An attempt of an intent of its own, brought to that state by allowed steps. REJECTED gets
  // `reason`.
  std::int64_t attempt_in(const std::string& status, const std::string& reason = "NOT_SENT");
  // The assignments that a step to that state needs besides the status itself.
  static std::string with(const std::string& status, const std::string& reason = "NOT_SENT");

 private:
  TestDatabase database_;
  store::OwnerId owner_;
  Uuid instance_ = Uuid::make_v4();
  int candle_ = 0;
};

}  // namespace everbit::test
