#include <gmock/gmock.h>

#include <functional>

#include "unit/exchange-paper/paper_plugin.h"

namespace everbit::test {
namespace {

using plugins::ExchangeOp;

const PaperPlugin::Side kAsks{{"100000000", "0.00005"}, {"100100000", "0.002"}};
const PaperPlugin::Side kBids{{"99900000", "0.0001"}, {"99800000", "1"}};

using Step = std::function<void(PaperPlugin&)>;

std::string last_uuid(PaperPlugin& paper) {
  const auto open = paper.call(ExchangeOp::kOrdersOpen, {}).found.orders;
  return open.empty() ? "" : open.front().uuid;
}

// A day of everything.
const std::vector<Step>& steps() {
  static const std::vector<Step> all{
      [](PaperPlugin& paper) { (void)paper.taken(buy_for("20000")); },
      [](PaperPlugin& paper) { (void)paper.taken(limit_order("bid", "99900000", "0.0003")); },
      [](PaperPlugin& paper) { paper.trade("99900000", "0.00015", "ASK"); },
      [](PaperPlugin& paper) { (void)paper.taken(sell("0.0001")); },
      [](PaperPlugin& paper) { (void)paper.order(sell("5")); },
      [](PaperPlugin& paper) { paper.trade("99000000", "0.0001", "ASK"); },
      [](PaperPlugin& paper) { (void)paper.taken(limit_order("ask", "100500000", "0.0001")); },
      [](PaperPlugin& paper) {
        (void)paper.call(ExchangeOp::kOrderCancel, {{"uuid", last_uuid(paper)}});
      },
      [](PaperPlugin& paper) { paper.trade("99000000", "1", "ASK"); },
      [](PaperPlugin& paper) { (void)paper.call(ExchangeOp::kOrdersClosed, {}); },
  };
  return all;
}

// Before every step a new book, as after every restart.
void take(PaperPlugin& paper, std::size_t step) {
  paper.book(kAsks, kBids);
  paper.now += static_cast<eb_ts>(step + 1) * 1'000'000'000;
  steps()[step](paper);
  paper.now -= static_cast<eb_ts>(step + 1) * 1'000'000'000;
}

TEST(PaperState, TheSameCallsGiveTheSameBytes) {
  PaperPlugin one;
  PaperPlugin other;
  for (PaperPlugin* paper : {&one, &other}) {
    paper->start();
    for (std::size_t i = 0; i < steps().size(); ++i) take(*paper, i);
  }
  EXPECT_EQ(one.transcript(), other.transcript());
  EXPECT_EQ(one.save(), other.save());
}

TEST(PaperState, ARunThatIsSplitAnywhereEndsAsTheUnsplitOne) {
  PaperPlugin whole;
  whole.start();
  for (std::size_t i = 0; i < steps().size(); ++i) take(whole, i);
  for (std::size_t cut = 0; cut <= steps().size(); ++cut) {
    PaperPlugin before;
    before.start();
    for (std::size_t i = 0; i < cut; ++i) take(before, i);
    PaperPlugin after({{"account", "ffffffffffffffffffffffffffffffff"},
                       {"fee_rate", "0.0005"},
                       {"min_total", "5000"},
                       {"start_krw", "1234567"}});
    // The trades that a stream begins with, and those after it, have the ids they have.
    ASSERT_EQ(after.load(before.save()), EB_OK) << after.last_error();
    after.start();
    after.go_on_after(before);
    for (std::size_t i = cut; i < steps().size(); ++i) take(after, i);
    EXPECT_EQ(before.transcript() + after.transcript(), whole.transcript()) << cut;
    EXPECT_EQ(after.save(), whole.save()) << cut;
  }
}

TEST(PaperState, ATradeThatFilledBeforeTheCrashFillsNothingAfterIt) {
  PaperPlugin before;
  before.start();
  before.book(kAsks, kBids);
  const std::string uuid = before.taken(limit_order("bid", "99900000", "0.0003"));
  before.trade("99800000", "0.0001", "ASK");
  PaperPlugin after;
  ASSERT_EQ(after.load(before.save()), EB_OK);
  after.start();
  after.go_on_after(before);
  after.book(kAsks, kBids);
  after.repeat_trade();
  EXPECT_EQ(after.read(uuid).found.orders.at(0).executed_volume->to_string(), "0.0001");
}

TEST(PaperState, AStateThatIsCutBentOrOfAnotherVersionIsRefusedAsAWhole) {
  PaperPlugin before;
  before.start();
  for (std::size_t i = 0; i < 4; ++i) take(before, i);
  const std::string good = before.save();
  PaperPlugin after;
  const std::string fresh = after.save();
  EXPECT_EQ(after.load(good, 2), EB_ERR_SCHEMA);
  EXPECT_NE(after.load(""), EB_OK);
  for (std::size_t cut = 0; cut < good.size(); cut += 7) {
    EXPECT_NE(after.load(good.substr(0, cut)), EB_OK) << cut;
  }
  for (std::size_t at = 0; at < good.size(); at += 3) {
    std::string bent = good;
    bent[at] = static_cast<char>(bent[at] ^ 0x10);
    EXPECT_NE(after.load(bent), EB_OK) << at;
  }
  EXPECT_EQ(after.save(), fresh);
  EXPECT_EQ(after.load(good), EB_OK);
}

TEST(PaperState, ALongLifeKeepsTheNewestOrdersAndAStateOfBoundedSize) {
  PaperPlugin paper;
  paper.start();
  const std::string waiting = [&] {
    paper.book(kAsks, kBids);
    return paper.taken(limit_order("bid", "50000000", "0.0002"));
  }();
  std::string last;
  for (int i = 0; i < 1200; ++i) {
    paper.book({{"100000000", "1"}}, {{"99900000", "1"}});
    last = paper.taken(i % 2 == 0 ? buy_for("10000") : sell("0.0001"));
  }
  EXPECT_EQ(paper.read(last).answer.meaning, plugins::Meaning::kOk);
  EXPECT_EQ(paper.read(waiting).answer.meaning, plugins::Meaning::kOk);
  EXPECT_LT(paper.save().size(), std::size_t{400} << 10);
  PaperPlugin after;
  EXPECT_EQ(after.load(paper.save()), EB_OK) << after.last_error();
}

}  // namespace
}  // namespace everbit::test
