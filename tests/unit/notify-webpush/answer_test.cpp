#include "notify-webpush/answer.h"

#include <gtest/gtest.h>

#include "everbit/ext/notifier.h"

namespace everbit::notify_webpush {
namespace {

constexpr std::int64_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(Answers, OnlyNotFoundAndGoneEndASubscription) {
  for (const int status : {200, 201, 202, 204})
    EXPECT_EQ(judge(status, "", kNow).result, EB_DELIVERY_OK);
  for (const int status : {404, 410}) {
    EXPECT_EQ(judge(status, "", kNow).result, EB_DELIVERY_GONE);
    EXPECT_EQ(judge(status, "60", kNow).result, EB_DELIVERY_GONE);
  }
  for (const int status : {0, 301, 307, 400, 401, 403, 413, 500, 502, 503, 504}) {
    EXPECT_EQ(judge(status, "", kNow).result, EB_DELIVERY_FAILED) << status;
  }
}

TEST(Answers, AServiceThatIsBusyIsLeftAloneUntilItSays) {
  for (const int status : {429, 406}) {
    EXPECT_EQ(judge(status, "", kNow).result, EB_DELIVERY_RETRY);
    EXPECT_EQ(judge(status, "", kNow).retry_at_s, 0);
    EXPECT_EQ(judge(status, "soon", kNow).retry_at_s, 0);
  }
  for (const int status : {429, 406, 503, 500, 403}) {
    const Meaning meaning = judge(status, "120", kNow);
    EXPECT_EQ(meaning.result, EB_DELIVERY_RETRY) << status;
    EXPECT_EQ(meaning.retry_at_s, kNow + 120) << status;
  }
  EXPECT_EQ(judge(429, "Sun, 06 Nov 1994 08:59:37 GMT", kNow).retry_at_s, kNow + 600);
}

TEST(Answers, ARetryAfterCannotSilenceTheOwnerForEver) {
  EXPECT_EQ(parse_retry_after("99999999999999999999", kNow), kNow + 86400);
  EXPECT_EQ(parse_retry_after("604800", kNow), kNow + 86400);
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kNow), kNow + 86400);
  EXPECT_EQ(parse_retry_after("Sat, 05 Nov 1994 08:49:37 GMT", kNow), kNow);
  EXPECT_EQ(parse_retry_after("0", kNow), kNow);
  for (const char* odd :
       {"", " 1", "1 ", "-1", "+1", "1.5", "0x10", "Sun, 06 Nov 1994 08:49:37",
        "-99999999999999999999", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_retry_after(odd, kNow)) << odd;
  }
}

}  // namespace
}  // namespace everbit::notify_webpush
