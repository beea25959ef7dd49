#include "store/diagnostics.h"

#include <gtest/gtest.h>

namespace everbit::store {
namespace {

// As libpq 15 writes it at verbosity "verbose".
constexpr std::string_view kDuplicate =
    "ERROR:  23505: duplicate key value violates unique constraint \"one_open_intent\"\n"
    "DETAIL:  Key (market)=(KRW-BTC) already exists.\n"
    "SCHEMA NAME:  public\n"
    "TABLE NAME:  order_intent\n"
    "CONSTRAINT NAME:  one_open_intent\n"
    "LOCATION:  _bt_check_unique, nbtinsert.c:664\n";

TEST(Diagnostics, TheViolatedConstraintIsKnownByName) {
  const auto said = read_diagnostics(kDuplicate, "23505");
  EXPECT_EQ(said.constraint, "one_open_intent");
  EXPECT_EQ(said.message,
            "duplicate key value violates unique constraint \"one_open_intent\"; "
            "Key (market)=(KRW-BTC) already exists.");
}

TEST(Diagnostics, AValueThatLooksLikeAConstraintIsNotTakenForOne) {
  const auto said = read_diagnostics(
      "ERROR:  23505: duplicate key value violates unique constraint \"a\"\n"
      "DETAIL:  Key (note)=(x\nCONSTRAINT NAME:  one_open_intent\ny) already exists.\n"
      "CONSTRAINT NAME:  a\n"
      "LOCATION:  f, g.c:1\n",
      "23505");
  EXPECT_EQ(said.constraint, "a");
  const auto without = read_diagnostics(
      "ERROR:  P0001: refused\n"
      "DETAIL:  CONSTRAINT NAME:  one_open_intent\n"
      "CONTEXT:  PL/pgSQL function f() line 3 at RAISE\n"
      "LOCATION:  exec_stmt_raise, pl_exec.c:3907\n",
      "P0001");
  EXPECT_EQ(without.constraint, "");
  EXPECT_EQ(without.message, "refused; CONSTRAINT NAME:  one_open_intent");
}

TEST(Diagnostics, AMessageOfSeveralLinesStaysWhole) {
  const auto said =
      read_diagnostics("ERROR:  P0001: first\nsecond\nLOCATION:  f, g.c:1\n", "P0001");
  EXPECT_EQ(said.message, "first\nsecond");
}

TEST(Diagnostics, TextWithoutAnyStructureIsTheMessage) {
  EXPECT_EQ(read_diagnostics("Lost connection", "").message, "Lost connection");
  EXPECT_EQ(read_diagnostics("", "23505").message, "");
  EXPECT_EQ(read_diagnostics("\n", "").constraint, "");
}

}  // namespace
}  // namespace everbit::store
