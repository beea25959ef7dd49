#include <gtest/gtest.h>

#include <random>

#include "net/http_response_parser.h"
#include "net/http_wire.h"
#include "net/origin.h"
#include "net/ws_codec.h"

namespace everbit::net {
namespace {

TEST(ParseUrl, ReadsTheFourSchemes) {
  const auto url = parse_url("wss://api.upbit.com/websocket/v1/private");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin, (Origin{true, "api.upbit.com", 443}));
  EXPECT_EQ(url->target, "/websocket/v1/private");
  EXPECT_EQ(parse_url("http://127.0.0.1:8080")->origin, (Origin{false, "127.0.0.1", 8080}));
  EXPECT_EQ(parse_url("http://127.0.0.1:8080")->target, "/");
  EXPECT_EQ(parse_url("https://[::1]:9/x?y")->origin, (Origin{true, "::1", 9}));
  EXPECT_EQ(parse_url("https://[::1]:9/x?y")->origin.authority(), "[::1]:9");
  EXPECT_EQ(parse_url("https://h?q")->target, "/?q");
}

TEST(ParseUrl, RefusesWhatCouldHideAnotherHost) {
  for (const char* text :
       {"", "ftp://h", "https://", "https://user@h/", "https://h:0/", "https://h:65536/",
        "https://h:/", "https://h/#x", "https://h\r\nX: y/", "https://a b/", "https://h:1x/",
        "https://[::1/", "https://h\\@evil/", "//h"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(FindFault, RefusesHeadersThatBreakTheWireOrUpbitsRules) {
  const auto fault_of = [](std::vector<HttpHeader> headers) {
    HttpRequest request;
    request.origin.host = "h";
    request.headers = std::move(headers);
    return find_fault(request).has_value();
  };
  EXPECT_FALSE(fault_of({{"Authorization", "Bearer x"}}));
  EXPECT_TRUE(fault_of({{"Origin", "https://everbit.kr"}}));
  EXPECT_TRUE(fault_of({{"Content-Type", "a"}, {"content-type", "b"}}));
  EXPECT_TRUE(fault_of({{"X", "a\r\nY: b"}}));
  EXPECT_TRUE(fault_of({{"X y", "a"}}));
  EXPECT_TRUE(fault_of({{"Content-Length", "0"}}));
}

TEST(FindFault, RefusesATargetThatBreaksTheWireAndABodyOnADelete) {
  HttpRequest request;
  request.origin.host = "h";
  request.target = "/a b";
  EXPECT_TRUE(find_fault(request));
  request.target = "/a\r\nX: y";
  EXPECT_TRUE(find_fault(request));
  request.target = "/ok?x[]=1";
  EXPECT_FALSE(find_fault(request));
  request.method = HttpMethod::kDelete;
  request.body = "{}";
  EXPECT_TRUE(find_fault(request));
}

TEST(HttpDate, OnlyARealDateIsRead) {
  EXPECT_TRUE(parse_http_date("Mon, 23 Nov 2026 00:00:00 GMT"));
  for (const char* text : {"", "Mon, 31 Feb 2026 00:00:00 GMT", "Mon, 23 Nov 2026 24:00:00 GMT",
                           "Mon, 23 Nov 2026 00:00:00 KST", "Mon, -3 Nov 2026 00:00:00 GMT"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

using Progress = HttpResponseParser::Progress;

TEST(HttpResponseParserTest, ReadsTheSameFromSingleBytes) {
  const std::string bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\n";
  HttpResponseParser parser({});
  Progress progress = Progress::kNeedMore;
  for (const char& byte : bytes) {
    ASSERT_EQ(progress, Progress::kNeedMore);
    progress = parser.feed({&byte, 1});
  }
  ASSERT_EQ(progress, Progress::kDone);
  EXPECT_TRUE(parser.may_keep_connection());
  const HttpResponse response = parser.take();
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(response.header("a"), "1");
}

TEST(HttpResponseParserTest, AnyDamageIsSurvived) {
  const std::string sound =
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nabcde\r\n";
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = sound;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    HttpResponseParser parser({256, 256});
    if (parser.feed(bytes) == Progress::kNeedMore) parser.end_of_data();
  }
}

TEST(WsCodecTest, AnyAnswerToTheHandshakeIsSurvived) {
  std::mt19937 random(2);
  WsCodec::Options options;
  options.url = *parse_url("ws://h/");
  options.max_message_bytes = 1000;
  for (int round = 0; round < 2'000; ++round) {
    auto codec = std::move(WsCodec::make(options, {}).value());
    std::string bytes = "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";
    for (int i = 0; i < round % 10; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    codec->feed(bytes);
    codec->feed(bytes);
  }
}

TEST(WsCodecTest, StatusThatTheLibraryCannotHoldIsRefused) {
  WsCodec::Options options;
  options.url = *parse_url("ws://h/");
  auto codec = std::move(WsCodec::make(options, {}).value());
  codec->feed("HTTP/1.1 5");
  EXPECT_FALSE(codec->is_over());
  codec->feed("20 Unknown\r\n\r\n");
  EXPECT_TRUE(codec->is_over());
  EXPECT_EQ(codec->reason(), "upgrade refused: 520");
}

TEST(WsCodecTest, RefusesHandshakeHeadersThatAreItsOwn) {
  WsCodec::Options options;
  options.url = *parse_url("ws://h/");
  options.headers = {{"Origin", "x"}};
  EXPECT_FALSE(WsCodec::make(options, {}));
}

}  // namespace
}  // namespace everbit::net
