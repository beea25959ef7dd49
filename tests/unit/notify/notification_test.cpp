#include "notify/notification.h"

#include <gmock/gmock.h>

#include "events/envelope.h"

namespace everbit::notify {
namespace {

using testing::HasSubstr;

ToldEvent event(const std::string& type, const std::string& payload,
                const std::string& market = "KRW-BTC") {
  events::Envelope envelope;
  envelope.event_id = Uuid::parse("0190a0b1-0000-7000-8000-000000000001").value();
  envelope.type = type;
  envelope.occurred_at = Timestamp::from_seconds(1'700'000'000);
  if (!market.empty()) envelope.market = market;
  envelope.payload = payload;
  return parse_event(envelope.to_json()).value();
}

std::optional<PushType> type_of(const std::string& type, const std::string& payload) {
  const auto told = compose(event(type, payload), std::nullopt);
  if (!told) return std::nullopt;
  return told->type;
}

TEST(Notifications, AnAcceptedOrderIsToldAsPage70SaysIt) {
  const auto accepted =
      event("OrderAccepted", R"({"upbitUuid":"u-1","side":"BUY","intentType":"ENTRY"})");
  EXPECT_EQ(upbit_uuid_of(accepted), "u-1");
  const OrderFacts facts{"EXTREME_FLIP", "BUY", "ENTRY", "REAL", "5000", std::nullopt};
  const auto told = compose(accepted, facts);
  ASSERT_TRUE(told);
  EXPECT_EQ(
      payload_of(accepted.id, accepted.occurred_at, told->type, *told),
      R"({"schemaVersion":1,"eventId":"0190a0b1-0000-7000-8000-000000000001",)"
      R"("type":"ORDER_ACCEPTED","occurredAt":"2023-11-14T22:13:20.000Z","title":"주문 접수",)"
      R"("body":"KRW-BTC 매수 (ENTRY) 접수","deepLink":"/orders/u-1","data":{)"
      R"("strategyKey":"EXTREME_FLIP","market":"KRW-BTC","side":"BUY","intentType":"ENTRY",)"
      R"("manual":false,"requestedKrw":"5000","requestedVolume":null,"upbitUuid":"u-1",)"
      R"("mode":"REAL"}})");
}

TEST(Notifications, AManualExitIsOneOfTheFiveTypesThatOlderClientsKnow) {
  const OrderFacts facts{"MANUAL", "SELL", "EXIT_MANUAL", "REAL", std::nullopt, "0.1"};
  const auto told = compose(event("OrderAccepted", R"({"upbitUuid":"u-1"})"), facts);
  EXPECT_THAT(told->data, HasSubstr(R"("intentType":"EXIT_STOPLOSS","manual":true)"));
}

TEST(Notifications, AnOrderThatClosesWithoutFillsIsNoNews) {
  EXPECT_FALSE(type_of("OrderDone", R"({"upbitUuid":"u","executedVolume":"0"})"));
  EXPECT_FALSE(type_of("OrderDone", R"({"upbitUuid":"u","executedVolume":"0.00"})"));
  EXPECT_EQ(type_of("OrderDone", R"({"executedVolume":"0.01","intentType":"EXIT_TP"})"),
            PushType::kOrderFilled);
}

TEST(Notifications, AStopLossIsToldAsOneUnlessThatIsSwitchedOff) {
  const auto told =
      compose(event("OrderDone", R"({"executedVolume":"0.01","intentType":"EXIT_STOPLOSS"})"),
              std::nullopt);
  EXPECT_EQ(told->type, PushType::kStopLoss);
  EXPECT_EQ(told->otherwise, PushType::kOrderFilled);
  EXPECT_EQ(type_of("StopPassedWhileOff", R"({"stop":"1","close":"0.9"})"), PushType::kStopLoss);
}

TEST(Notifications, ASwitchThatTheOwnerMovedIsNoNewsToHim) {
  const char* by_itself = R"({"position":"OFF","reasonCode":"UPBIT_BLOCKED_418"})";
  EXPECT_EQ(type_of("KillSwitchChanged", by_itself), PushType::kKillSwitchOff);
  EXPECT_EQ(type_of("KillSwitchChanged", R"({"position":"EXITS_ONLY","changedBy":"everbitd"})"),
            PushType::kKillSwitchOff);
  EXPECT_FALSE(type_of("KillSwitchChanged", R"({"position":"OFF","changedBy":"admin:0"})"));
  EXPECT_FALSE(type_of("KillSwitchChanged", R"({"position":"ON","changedBy":"everbitd"})"));
}

TEST(Notifications, EveryOtherTypeHasItsEvent) {
  EXPECT_EQ(type_of("ExitRefused", R"({"intentType":"EXIT_TP","reasonCodes":["A","B"]})"),
            PushType::kExitRefused);
  EXPECT_EQ(type_of("StrategyDown", R"({"positions":[{"market":"KRW-BTC"}]})"),
            PushType::kStrategyDown);
  EXPECT_EQ(type_of("KeyRefused", R"({"code":"KEY_EXPIRED"})"), PushType::kKeyExpiring);
  EXPECT_EQ(type_of("KeyExpiring", R"({"expiresAt":"2027-01-01"})"), PushType::kKeyExpiring);
  EXPECT_EQ(type_of("DaemonRestarted", "{}"), PushType::kRestarted);
  EXPECT_EQ(type_of("BacktestFinished", R"({"status":"FAILED"})"), PushType::kBacktestDone);
  for (const char* quiet : {"OrderFilled", "PositionChanged", "BacktestProgress", "Nonsense"}) {
    EXPECT_FALSE(type_of(quiet, "{}")) << quiet;
  }
}

TEST(Notifications, OnlyStatesReplaceOneAnother) {
  EXPECT_EQ(compose(event("MarketSuspended", R"({"reasonCode":"X"})"), {})->subject,
            "market:KRW-BTC");
  EXPECT_EQ(compose(event("Blocked418", R"({"side":"exchange"})"), {})->subject, "block:exchange");
  EXPECT_EQ(compose(event("OrderAccepted", "{}"), {})->subject, "");
}

TEST(Notifications, AMessageFitsIntoOneRecordWhateverItTells) {
  Notification told;
  told.body = std::string(2000, 'x') + "가나다";
  for (int i = 0; i < 700; ++i) told.body += "가";
  told.data = R"({"detail":")" + std::string(4000, 'y') + "\"}";
  const std::string payload = payload_of(Uuid(), Timestamp(), PushType::kStopLoss, told);
  EXPECT_LE(payload.size(), 3993U);
  EXPECT_EQ(payload.find("\xef\xbf\xbd"), std::string::npos) << "a character was cut in two";
}

TEST(Notifications, AnEnvelopeThatIsNoneIsNamed) {
  for (const char* odd : {"", "[]", "{}", R"({"eventId":"x","payload":{}})",
                          R"({"eventId":"0190a0b1-0000-7000-8000-000000000001","payload":1})"}) {
    EXPECT_EQ(parse_event(odd).error().code, "EVENT_UNREADABLE") << odd;
  }
}

}  // namespace
}  // namespace everbit::notify
