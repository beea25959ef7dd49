#include "store/bus_transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/errors.h"
#include "support/database.h"

namespace everbit::store {
namespace {

using test::TestDatabase;

Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

eb_str str(std::string_view text) { return {text.data(), text.size()}; }

eb_value text(std::string_view value) {
  eb_value out{};
  out.kind = EB_VALUE_TEXT;
  out.bytes = {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()};
  return out;
}

eb_value integer(std::int32_t kind, std::int64_t value) {
  eb_value out{};
  out.kind = kind;
  out.integer = value;
  return out;
}

struct Collector {
  std::vector<std::vector<std::string>> rows;
  eb_status answer = EB_OK;
  eb_row_sink sink{sizeof(eb_row_sink), 0, this, &Collector::take};

  static eb_status take(void* ctx, const eb_value* cells, std::uint32_t n) {
    auto& self = *static_cast<Collector*>(ctx);
    auto& row = self.rows.emplace_back();
    for (std::uint32_t i = 0; i < n; ++i) {
      row.push_back(
          cells[i].kind == EB_VALUE_NULL
              ? "(null)"
              : std::string(reinterpret_cast<const char*>(cells[i].bytes.ptr), cells[i].bytes.len));
    }
    return self.answer;
  }
};

class BusTransactionTest : public testing::Test {
 protected:
  BusTransactionTest() : pool_(database_.make_pool(1)) {
    database_.sql(
        "CREATE TABLE t (i bigint PRIMARY KEY, s text, u uuid, b bytea, at timestamptz, f "
        "boolean)");
    transaction_.emplace(Transaction::begin(*pool_, soon()).value());
    bus_.emplace(*transaction_);
  }
  eb_status exec(std::string_view sql, const std::vector<eb_value>& values,
                 const eb_row_sink* sink = nullptr, std::uint64_t* affected = nullptr) {
    const eb_tx* tx = bus_->get();
    return tx->exec(tx->ctx_host, 1, str(sql), values.data(),
                    static_cast<std::uint32_t>(values.size()), sink, affected);
  }
  TestDatabase database_;
  std::unique_ptr<Pool> pool_;
  std::optional<Transaction> transaction_;
  std::optional<BusTransaction> bus_;
};

TEST_F(BusTransactionTest, EveryKindOfValueArrivesAndRowsComeBackAsText) {
  const Uuid id = Uuid::make_v4();
  eb_value uuid{};
  uuid.kind = EB_VALUE_UUID;
  uuid.bytes = {id.bytes().data(), 16};
  const std::uint8_t raw[] = {0, 255};
  eb_value bytes{};
  bytes.kind = EB_VALUE_BYTES;
  bytes.bytes = {raw, 2};
  std::uint64_t affected = 0;
  ASSERT_EQ(
      exec("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6), ($1 + 1, NULL, NULL, NULL, NULL, NULL)",
           {integer(EB_VALUE_INT, 7), text("a'b"), uuid, bytes,
            integer(EB_VALUE_TS, 1'700'000'000'123'456'000), integer(EB_VALUE_BOOL, 1)},
           nullptr, &affected),
      EB_OK);
  EXPECT_EQ(affected, 2u);
  Collector collector;
  ASSERT_EQ(exec("SELECT * FROM t ORDER BY i", {}, &collector.sink), EB_OK);
  using testing::ElementsAre;
  EXPECT_THAT(collector.rows,
              ElementsAre(ElementsAre("7", "a'b", id.to_string(), "\\x00ff",
                                      "2023-11-14 22:13:20.123456+00", "t"),
                          ElementsAre("8", "(null)", "(null)", "(null)", "(null)", "(null)")));
  EXPECT_TRUE(transaction_->commit().committed());
}

TEST_F(BusTransactionTest, ARowThatIsThereAlreadyIsADuplicateAndTheTransactionIsLost) {
  ASSERT_EQ(exec("INSERT INTO t (i) VALUES (1)", {}), EB_OK);
  EXPECT_EQ(exec("INSERT INTO t (i) VALUES (1)", {}), EB_ERR_DUPLICATE);
  ASSERT_TRUE(bus_->error());
  EXPECT_EQ(bus_->error()->code, kUniqueViolation);
  EXPECT_EQ(exec("SELECT 1", {}), EB_ERR_TX_LOST);
  EXPECT_EQ(transaction_->commit().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(database_.value("SELECT count(*) FROM t"), "0");
}

TEST_F(BusTransactionTest, AValueOfAnUnknownKindLosesTheTransactionInsteadOfBeingGuessed) {
  ASSERT_EQ(exec("INSERT INTO t (i) VALUES (1)", {}), EB_OK);
  EXPECT_EQ(exec("SELECT $1::text", {integer(99, 1)}), EB_ERR_ARGUMENT);
  EXPECT_EQ(transaction_->commit().outcome, CommitOutcome::kFailed);
}

TEST_F(BusTransactionTest, AUuidOfTheWrongLengthIsRefused) {
  auto uuid = text("short");
  uuid.kind = EB_VALUE_UUID;
  EXPECT_EQ(exec("SELECT $1::uuid", {uuid}), EB_ERR_ARGUMENT);
}

TEST_F(BusTransactionTest, TheSinksFailureIsReturnedAsItCame) {
  Collector collector;
  collector.answer = EB_ERR_NO_MEMORY;
  EXPECT_EQ(exec("SELECT generate_series(1, 3)", {}, &collector.sink), EB_ERR_NO_MEMORY);
  EXPECT_EQ(collector.rows.size(), 1u);
  EXPECT_EQ(transaction_->commit().outcome, CommitOutcome::kFailed);
}

TEST_F(BusTransactionTest, TwoStatementsWithOneIdAreTwoStatements) {
  Collector collector;
  ASSERT_EQ(exec("SELECT 1", {}, &collector.sink), EB_OK);
  ASSERT_EQ(exec("SELECT 2", {}, &collector.sink), EB_OK);
  EXPECT_EQ(collector.rows[1][0], "2");
}

}  // namespace
}  // namespace everbit::store
