#include "events/convert.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <stdexcept>

namespace everbit::events {
namespace {

const Uuid kId = Uuid::parse("0190b1c2-0000-7000-8000-0000000000ff").value();

std::string text_of(eb_str text) { return {text.ptr, text.len}; }

Event full_event() {
  Event event;
  event.id = kId;
  event.stream = "everbit.trade.event";
  event.type = "OrderFilled";
  event.aggregate_type = "order";
  event.key = "KRW-BTC";
  event.payload = std::string("{\"a\":\"\0b\"}", 10);
  event.aggregate_id = std::numeric_limits<std::int64_t>::max();
  event.not_before = Timestamp::from_ns(1'772'425'199'412'345'678);
  event.max_attempts = 3;
  return event;
}

// As a plugin hands it over; its texts live only for the call.
eb_delivery full_delivery(const Event& event) {
  eb_delivery delivery{};
  delivery.size = sizeof delivery;
  delivery.event = to_abi(event);
  delivery.lane = 17;
  delivery.seq = 1'000'000'007;
  delivery.token = std::numeric_limits<std::uint64_t>::max();
  delivery.epoch = 42;
  delivery.attempt = 2;
  delivery.published = 1'772'425'199'000'000'000;
  delivery.lease_until = 1'772'425'229'000'000'000;
  delivery.error_code = to_abi("CODE");
  delivery.error_message = to_abi("message");
  return delivery;
}

TEST(ConvertTest, AnEventReachesThePluginWithEveryField) {
  const Event event = full_event();
  const eb_bus_event out = to_abi(event);
  EXPECT_EQ(out.size, sizeof out);
  EXPECT_TRUE(std::equal(kId.bytes().begin(), kId.bytes().end(), out.event_id));
  EXPECT_EQ(text_of(out.stream), "everbit.trade.event");
  EXPECT_EQ(text_of(out.type), "OrderFilled");
  EXPECT_EQ(text_of(out.aggregate_type), "order");
  EXPECT_EQ(text_of(out.key), "KRW-BTC");
  EXPECT_EQ(text_of(out.payload), event.payload) << "also behind a zero byte";
  EXPECT_EQ(out.aggregate_id, event.aggregate_id);
  EXPECT_EQ(out.not_before, 1'772'425'199'412'345'678);
  EXPECT_EQ(out.max_attempts, 3);
  EXPECT_EQ(out.trace_id.len, 0U);
}

TEST(ConvertTest, AnEventThatIsDueAtOnceHasNoDueTime) { EXPECT_EQ(to_abi(Event()).not_before, 0); }

TEST(ConvertTest, ADeliveryOutlivesThePluginsBuffers) {
  Delivery delivery;
  {
    const Event event = full_event();
    delivery = from_abi(full_delivery(event));
  }
  EXPECT_EQ(delivery.event.id, kId);
  EXPECT_EQ(delivery.event.stream, "everbit.trade.event");
  EXPECT_EQ(delivery.event.type, "OrderFilled");
  EXPECT_EQ(delivery.event.aggregate_type, "order");
  EXPECT_EQ(delivery.event.key, "KRW-BTC");
  EXPECT_EQ(delivery.event.payload, full_event().payload);
  EXPECT_EQ(delivery.event.aggregate_id, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(delivery.event.max_attempts, 3);
  EXPECT_EQ(delivery.lane, 17);
  EXPECT_EQ(delivery.seq, 1'000'000'007U);
  EXPECT_EQ(delivery.token, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(delivery.epoch, 42U);
  EXPECT_EQ(delivery.attempt, 2);
  EXPECT_EQ(delivery.published, Timestamp::from_ns(1'772'425'199'000'000'000));
  EXPECT_EQ(delivery.lease_until, Timestamp::from_ns(1'772'425'229'000'000'000));
  EXPECT_EQ(delivery.error_code, "CODE");
  EXPECT_EQ(delivery.error_message, "message");
}

TEST(ConvertTest, TextsThatAPluginLeavesNullAreEmpty) {
  eb_delivery delivery{};
  delivery.size = sizeof delivery;
  delivery.event.payload.len = 1000;
  const Delivery out = from_abi(delivery);
  EXPECT_EQ(out.event.payload, "");
  EXPECT_EQ(out.event.stream, "");
  EXPECT_EQ(out.error_code, "");
}

TEST(ConvertTest, WhatAnOlderPluginDoesNotHaveIsNotRead) {
  const Event event = full_event();
  eb_delivery delivery = full_delivery(event);
  delivery.size = offsetof(eb_delivery, error_code);
  delivery.error_code = {reinterpret_cast<const char*>(8), 1000};
  EXPECT_EQ(from_abi(delivery).error_code, "");
}

TEST(ConvertTest, AVerdictNamesTheLeaseThatItSettles) {
  const Event event = full_event();
  const Delivery delivery = from_abi(full_delivery(event));
  const Settlement settlement{&delivery, Outcome::kRetry, Timestamp::from_ns(99), "WHY", "because"};
  const eb_settle out = to_abi(settlement);
  EXPECT_EQ(out.size, sizeof out);
  EXPECT_EQ(out.outcome, EB_SETTLE_RETRY);
  EXPECT_EQ(out.seq, delivery.seq);
  EXPECT_EQ(out.token, delivery.token);
  EXPECT_EQ(out.epoch, delivery.epoch);
  EXPECT_EQ(out.lane, delivery.lane);
  EXPECT_EQ(out.retry_at, 99);
  EXPECT_EQ(text_of(out.code), "WHY");
  EXPECT_EQ(text_of(out.message), "because");
}

TEST(ConvertTest, NoVerdictIsTakenForAnother) {
  const Delivery delivery;
  const auto outcome = [&](Outcome one) {
    return to_abi(Settlement{&delivery, one, {}, {}, {}}).outcome;
  };
  EXPECT_EQ(outcome(Outcome::kDone), EB_SETTLE_DONE);
  EXPECT_EQ(outcome(Outcome::kRetry), EB_SETTLE_RETRY);
  EXPECT_EQ(outcome(Outcome::kDead), EB_SETTLE_DEAD);
  EXPECT_EQ(outcome(Outcome::kRelease), EB_SETTLE_RELEASE);
}

TEST(ConvertTest, ErrorsThatACallerMustTellApartHaveNames) {
  const auto code = [](eb_status status) { return error_of(status, "fetch").code; };
  EXPECT_EQ(code(EB_ERR_LOST_LEASE), "BUS_LOST_LEASE");
  EXPECT_EQ(code(EB_ERR_CLOSED), "BUS_CLOSED");
  EXPECT_EQ(code(EB_ERR_DUPLICATE), "BUS_DUPLICATE");
  EXPECT_EQ(code(EB_ERR_NOT_FOUND), "BUS_NOT_FOUND");
  EXPECT_EQ(code(EB_ERR_UNSUPPORTED), "BUS_UNSUPPORTED");
  EXPECT_EQ(code(EB_ERR_ARGUMENT), "BUS_ARGUMENT");
  EXPECT_EQ(code(EB_ERR_TX_LOST), "BUS_TX_LOST");
  EXPECT_EQ(code(EB_ERR_IO), "BUS_IO");
  EXPECT_EQ(code(EB_ERR_TIMEOUT), "BUS_IO");
  EXPECT_EQ(code(EB_ERR_EXCEPTION), "BUS_900");
}

TEST(ConvertTest, AStatusThatNoPluginMayGiveIsStillAnError) {
  EXPECT_EQ(error_of(7, "fetch").code, "BUS_-7");
  EXPECT_EQ(error_of(std::numeric_limits<eb_status>::min(), "fetch").code, "BUS_2147483648");
}

TEST(TakeDeliveriesTest, ADeliveryIsTakenAsItIs) {
  std::vector<Delivery> got;
  const std::function<void(Delivery &&)> take = [&](Delivery&& one) { got.push_back(one); };
  const TakeDeliveries sink(take);
  const Event event = full_event();
  const eb_delivery delivery = full_delivery(event);
  EXPECT_EQ(sink.get()->delivery(sink.get()->ctx_host, &delivery), EB_OK);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].event.id, kId);
}

TEST(TakeDeliveriesTest, NoExceptionLeavesThroughThePlugin) {
  const std::function<void(Delivery &&)> take = [](Delivery&&) {
    throw std::runtime_error("no memory");
  };
  const TakeDeliveries sink(take);
  const Event event = full_event();
  const eb_delivery delivery = full_delivery(event);
  EXPECT_EQ(sink.get()->delivery(sink.get()->ctx_host, &delivery), EB_ERR_INTERNAL);
}

TEST(TakeDeliveriesTest, WhatIsNoDeliveryIsRefusedAndNotRead) {
  int taken = 0;
  const std::function<void(Delivery &&)> take = [&](Delivery&&) { ++taken; };
  const TakeDeliveries sink(take);
  const Event event = full_event();
  eb_delivery cut = full_delivery(event);
  cut.size = offsetof(eb_delivery, lease_until);
  EXPECT_EQ(sink.get()->delivery(sink.get()->ctx_host, nullptr), EB_ERR_ARGUMENT);
  EXPECT_EQ(sink.get()->delivery(sink.get()->ctx_host, &cut), EB_ERR_ARGUMENT);
  EXPECT_EQ(taken, 0);
}

}  // namespace
}  // namespace everbit::events
