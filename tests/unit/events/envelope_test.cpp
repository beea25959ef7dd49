#include "events/envelope.h"

#include <gtest/gtest.h>

namespace everbit::events {
namespace {

Envelope full_envelope() {
  Envelope envelope;
  envelope.event_id = Uuid::parse("0190b1c2-0000-7000-8000-000000000001").value();
  envelope.type = "OrderAccepted";
  envelope.occurred_at = Timestamp::parse("2026-03-02T04:15:00.123456789Z").value();
  envelope.trace_id = TraceId::parse("0af7651916cd43dd8448eb211c80319c");
  envelope.owner_id = Uuid::parse("c0ffee00-0000-4000-8000-000000000002").value();
  envelope.strategy_key = "EXTREME_FLIP";
  envelope.market = "KRW-BTC";
  envelope.payload = R"({"price":"148111000.00","note":"a  b"})";
  return envelope;
}

// The keys and their order are the specification's: a consumer on another bus compares bytes.
TEST(EnvelopeTest, EveryBusCarriesTheSameBytes) {
  EXPECT_EQ(full_envelope().to_json(),
            R"({"schemaVersion":1,"eventId":"0190b1c2-0000-7000-8000-000000000001",)"
            R"("type":"OrderAccepted","occurredAt":"2026-03-02T04:15:00.123Z",)"
            R"("traceId":"0af7651916cd43dd8448eb211c80319c",)"
            R"("ownerId":"c0ffee00-0000-4000-8000-000000000002","strategyKey":"EXTREME_FLIP",)"
            R"("market":"KRW-BTC","payload":{"price":"148111000.00","note":"a  b"}})");
}

TEST(EnvelopeTest, WhatIsAbsentIsNullAndNeverLeftOut) {
  Envelope envelope;
  envelope.type = "ConfigChanged";
  EXPECT_EQ(envelope.to_json(),
            R"({"schemaVersion":1,"eventId":"00000000-0000-0000-0000-000000000000",)"
            R"("type":"ConfigChanged","occurredAt":"1970-01-01T00:00:00.000Z","traceId":null,)"
            R"("ownerId":null,"strategyKey":null,"market":null,"payload":{}})");
}

TEST(EnvelopeTest, WritingItTwiceGivesTheSameBytes) {
  const Envelope envelope = full_envelope();
  EXPECT_EQ(envelope.to_json(), envelope.to_json());
}

// A strategy key is the owner's text, a market the exchange's.
TEST(EnvelopeTest, NoTextCanBreakOutOfItsPlace) {
  Envelope envelope = full_envelope();
  envelope.strategy_key = "\",\"market\":\"KRW-XRP";
  envelope.market = "KRW-\n\xff\\";
  const std::string json = envelope.to_json();
  EXPECT_NE(json.find(R"("strategyKey":"\",\"market\":\"KRW-XRP",)"), std::string::npos) << json;
  EXPECT_NE(json.find("\"market\":\"KRW-\\n\xEF\xBF\xBD\\\\\","), std::string::npos) << json;
}

}  // namespace
}  // namespace everbit::events
