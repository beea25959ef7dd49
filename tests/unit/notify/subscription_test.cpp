#include <gtest/gtest.h>

#include "notify/subscriptions.h"
#include "unit/notify-webpush/rfc8291.h"

namespace everbit::notify {
namespace {

namespace keys = notify_webpush::rfc8291;

NewSubscription given(std::string_view p256dh, std::string_view auth) {
  return {"https://fcm.googleapis.com/x", std::string(p256dh), std::string(auth), {}, {}};
}

TEST(SubscriptionKeys, OnlyAPointOfTheCurveAndSixteenBytesAreKept) {
  EXPECT_EQ(faulty_key(given(keys::kReceiverPoint, keys::kAuth)), "");
  EXPECT_EQ(
      faulty_key(given(std::string(keys::kReceiverPoint) + "=", std::string(keys::kAuth) + "==")),
      "");
  std::string off(keys::kReceiverPoint);
  off[40] = off[40] == 'A' ? 'B' : 'A';
  EXPECT_EQ(faulty_key(given(off, keys::kAuth)), "p256dh");
  EXPECT_EQ(faulty_key(given("AA", keys::kAuth)), "p256dh") << "infinity";
  EXPECT_EQ(faulty_key(given(keys::kReceiverPoint, "AAAA")), "auth");
  EXPECT_EQ(faulty_key(given("", "")), "p256dh");
}

TEST(Masking, NoEndpointCanBeUsedByWhoSeesTheList) {
  EXPECT_EQ(masked("https://fcm.googleapis.com/fcm/send/abcdefghij"),
            "https://fcm.googleapis.com…efghij");
  EXPECT_EQ(masked("https://a.b"), "https://a.b…");
  EXPECT_EQ(masked("https://a.b/xyz"), "https://a.b…/xyz");
}

}  // namespace
}  // namespace everbit::notify
