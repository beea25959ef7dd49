#include "redis/address.h"

#include <gtest/gtest.h>

namespace everbit::redis {
namespace {

TEST(RedisAddress, IsReadWithAndWithoutItsParts) {
  const auto plain = parse_address("redis://cache").value();
  EXPECT_EQ(plain.host, "cache");
  EXPECT_EQ(plain.port, 6379);
  EXPECT_EQ(plain.database, 0);
  EXPECT_TRUE(plain.password.empty());

  const auto whole = parse_address("redis://ev:p%40ss%3a@[::1]:7000/3").value();
  EXPECT_EQ(whole.host, "::1");
  EXPECT_EQ(whole.port, 7000);
  EXPECT_EQ(whole.user, "ev");
  EXPECT_EQ(whole.password.reveal(), "p@ss:");
  EXPECT_EQ(whole.database, 3);

  const auto socket = parse_address("unix://:word@/run/redis.sock?db=2").value();
  EXPECT_EQ(socket.host, "");
  EXPECT_EQ(socket.socket_path, "/run/redis.sock");
  EXPECT_EQ(socket.password.reveal(), "word");
  EXPECT_EQ(socket.database, 2);
}

TEST(RedisAddress, RefusesWhatItCannotReadAndNeverQuotesIt) {
  for (const char* url : {"",
                          "http://h",
                          "redis://",
                          "redis://h:0",
                          "redis://h:65536",
                          "redis://h:1x",
                          "redis://h/x",
                          "redis://h/-1",
                          "redis://u@h",
                          "redis://u:@h",
                          "redis://:p%4@h",
                          "redis://:p%zz@h",
                          "redis://[::1",
                          "redis://[::1]7",
                          "redis://h h",
                          "unix://run/x",
                          "unix:///x?db=",
                          "unix:///x?user=1",
                          "redis://:p%+1@h",
                          "redis://:secret@"}) {
    const auto address = parse_address(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, "REDIS_URL");
    EXPECT_EQ(address.error().message.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace everbit::redis
