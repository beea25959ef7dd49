#include "push-sim/service.h"

#include <gtest/gtest.h>

namespace everbit::push_sim {
namespace {

HttpRequest to(const Device& device) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/push/" + device.token;
  request.headers = {{"TTL", "60"}};
  return request;
}

struct PushService : testing::Test {
  Service service{Options{}, "https://push.test"};
};

TEST_F(PushService, KnownAliveAndWholeMessagesAreAccepted) {
  const Device& device = service.subscribe("");
  EXPECT_EQ(service.push(to(device)).status, 201);
  HttpRequest stranger = to(device);
  stranger.path = "/push/nobody";
  EXPECT_EQ(service.push(stranger).status, 404);
  service.find(device.token)->gone = 410;
  EXPECT_EQ(service.push(to(device)).status, 410);
}

TEST_F(PushService, ARestrictedSubscriptionWantsItsKey) {
  const Device& device = service.subscribe("BKey");
  EXPECT_EQ(service.push(to(device)).status, 401);
  HttpRequest old = to(device);
  old.headers.emplace_back("Authorization", "WebPush abc");
  EXPECT_EQ(service.push(old).status, 403);
  service.options.personality = Personality::kMozilla;
  EXPECT_EQ(service.push(old).status, 401);
}

TEST_F(PushService, HeadersAreLookedAtAsTheStandardSays) {
  const Device& device = service.subscribe("");
  const auto status_with = [&](std::vector<std::pair<std::string, std::string>> headers,
                               std::string body = "") {
    HttpRequest request = to(device);
    request.headers = std::move(headers);
    request.body = std::move(body);
    return service.push(request).status;
  };
  EXPECT_EQ(status_with({}), 400);
  EXPECT_EQ(status_with({{"TTL", "-1"}}), 400);
  EXPECT_EQ(status_with({{"TTL", "60"}, {"Urgency", "now"}}), 400);
  EXPECT_EQ(status_with({{"TTL", "60"}, {"Topic", std::string(33, 'a')}}), 400);
  EXPECT_EQ(status_with({{"TTL", "60"}, {"Topic", "a b"}}), 400);
  EXPECT_EQ(status_with({{"TTL", "60"}}, std::string(4097, 'x')), 413);
  EXPECT_EQ(status_with({{"TTL", "60"}}, "x"), 400) << "no encoding";
  EXPECT_EQ(status_with({{"TTL", "60"}, {"Content-Encoding", "aes128gcm"}}, "x"), 201);
  EXPECT_FALSE(service.messages.back().text) << "a real service could not tell";
}

TEST_F(PushService, AnOfflineDeviceGetsWhatHasNotExpiredAndOneOfATopic) {
  const Device& device = service.subscribe("");
  service.set_online(device.token, false);
  const auto send = [&](const char* ttl, const char* topic) {
    HttpRequest request = to(device);
    request.headers = {{"TTL", ttl}, {"Topic", topic}};
    EXPECT_EQ(service.push(request).status, 201);
  };
  send("0", "");
  send("60", "same");
  send("60", "same");
  send("3600", "");
  service.moved_s += 120;
  service.set_online(device.token, true);
  ASSERT_EQ(service.messages.size(), 1U);
  EXPECT_EQ(service.messages.front().ttl, 3600);
}

}  // namespace
}  // namespace everbit::push_sim
