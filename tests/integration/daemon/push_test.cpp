#include <gmock/gmock.h>
#include <simdjson.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "base/uuid.h"
#include "cli/admin_client.h"
#include "integration/daemon/daemon.h"
#include "notify/digest.h"
#include "unit/cli/run_everbit.h"
#include "unit/net/test_certificates.h"
#include "unit/notify-webpush/rfc8291.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;
namespace keys = notify_webpush::rfc8291;
using std::chrono::seconds;
using testing::HasSubstr;

// A browser as push-sim makes one.
struct Browser {
  std::string endpoint, token, p256dh, auth;
};

// The daemon, the simulated exchange, and a simulated push service that the daemon may call.
class PushOfADaemon : public DaemonTest {
 protected:
  void SetUp() override {
    start_simulator();
    start_push_service();
  }

  void start_push_service() {
    const fs::path ready = folder_ / "push-ready";
    const fs::path program = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "bin/push-sim";
    service_ = std::make_unique<Child>(
        std::vector<std::string>{program, "--exit-with-stdin", "--ready-file", ready, "--tls-cert",
                                 certificates_.certificate_file(), "--tls-key",
                                 certificates_.key_file()},
        std::vector<std::string>{"PATH=/usr/bin:/bin"}, folder_ / "push-sim.log");
    ASSERT_TRUE(eventually([&] { return fs::exists(ready) || !service_->is_running(); }));
    std::ifstream in(ready);
    std::string line;
    std::getline(in, line);
    std::smatch found;
    ASSERT_TRUE(std::regex_search(
        line, found, std::regex("push=https://localhost:([0-9]+) control=http://[^:]+:([0-9]+)")))
        << service_->output();
    service_port_ = found[1];
    service_control_ = std::stoi(found[2]);
  }

  Browser subscribe() const {
    const std::string key(keys::kSenderPoint);
    const HttpAnswer answer =
        http_post(service_control_, "/subscriptions", R"({"vapidKey":")" + key + "\"}");
    simdjson::dom::parser parser;
    const auto json = parser.parse(answer.body).value();
    return {std::string(json["endpoint"].get_string().value()),
            std::string(json["token"].get_string().value()),
            std::string(json["keys"]["p256dh"].get_string().value()),
            std::string(json["keys"]["auth"].get_string().value())};
  }
  std::string messages() const { return http_get(service_control_, "/messages").body; }

  std::string push_settings() const {
    return "push.testEntries = [\"localhost:" + service_port_ + "\"]\npush.caFile = \"" +
           certificates_.ca_file() + "\"\n";
  }
  void give_vapid_keys() {
    environment_["VAPID_SUBJECT"] = "mailto:owner@example.com";
    environment_["VAPID_PUBLIC_KEY"] = keys::kSenderPoint;
    environment_["VAPID_PRIVATE_KEY"] = keys::kSenderScalar;
  }
  void install_notifier() {
    install("kr.everbit.notify-webpush", "notifier", "plugins/notify-webpush.so");
  }
  // As the API would store it.
  void store_subscription(const Browser& browser) {
    const std::string id = Uuid::make_v7(Timestamp::from_seconds(1'700'000'000)).to_string();
    database_.sql(
        "INSERT INTO push_subscription (public_id, owner_id, endpoint, p256dh, auth, vapid_key_id) "
        "SELECT '" +
        id + "', id, '" + browser.endpoint + "', '" + browser.p256dh + "', '" + browser.auth +
        "', '" + notify::short_digest(keys::kSenderPoint, 16) + "' FROM app_user");
  }
  // A position that an entry of the strategy left.
  void hold_bitcoin() {
    const auto id = [](int n) {
      return "'" + Uuid::make_v7(Timestamp::from_seconds(1'700'000'000 + n)).to_string() + "'";
    };
    database_.sql(
        "WITH s AS (INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, "
        "timeframe, "
        "candle_close_time, side, reason_code, signal_json, config_version, generation, sha256) "
        "SELECT " +
        id(1) +
        ", id, 'EXTREME_FLIP', 'REAL', 'KRW-BTC', '1m', now() - interval '1 h', "
        "'BUY', 'FLIP', '{}', 1, 1, repeat('a', 64) FROM app_user RETURNING id, owner_id), "
        "i AS (INSERT INTO order_intent (public_id, owner_id, mode, market, signal_id, "
        "intent_type, "
        "side, strategy_key, strategy_generation, requested_krw, status) SELECT " +
        id(2) +
        ", "
        "owner_id, 'REAL', 'KRW-BTC', id, 'ENTRY', 'BUY', 'EXTREME_FLIP', 1, 10000000, 'COMPLETED' "
        "FROM s RETURNING id, owner_id) "
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
        "entry_intent_id, opened_at) SELECT owner_id, 'KRW-BTC', 'REAL', 'OPEN', 0.1, 100000000, "
        "'EXTREME_FLIP', id, now() FROM i");
  }
  // The same settings, but for another process without orders.
  std::unique_ptr<Daemon> start_notifier() {
    std::ifstream in(settings_file_);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    fs::create_directory(folder_ / "notifier");
    const auto replace = [&](const std::string& from, const std::string& to) {
      const auto at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    };
    replace("\"REAL\"", "\"PAPER\"");
    replace((folder_ / "data").string(), (folder_ / "notifier").string());
    replace(R"(roles = ["trader", "backtest"])", R"(roles = ["notifier"])");
    const fs::path file = folder_ / "notifier.toml";
    std::ofstream(file) << text << push_settings();
    give_vapid_keys();
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
    const fs::path program = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "bin/everbitd";
    return std::make_unique<Daemon>(
        std::vector<std::string>{program, "--config", file}, variables,
        folder_ / ("notifier-" + std::to_string(++notifiers_) + ".log"));
  }

  Ended everbit(std::vector<std::string> words) {
    words.insert(words.end(), {"--json", "--config", settings_file_.string()});
    return run_everbit(words, environment_);
  }
  cli::Answer ask(std::string_view method, std::string_view path, std::string_view body = "") {
    const auto answer = cli::ask_daemon(folder_ / "data" / "admin.sock", method, path, body,
                                        Deadline::after(seconds(30)));
    return answer ? *answer : cli::Answer{0, to_string(answer.error())};
  }

  const net::testing::TestCertificates certificates_{"localhost"};
  std::unique_ptr<Child> service_;
  std::string service_port_;
  int service_control_ = 0;
  int notifiers_ = 0;
};

// Two processes, as a REAL one calls no push service of a test.
TEST_F(PushOfADaemon, AnAcceptedOrderReachesABrowserThatCanReadIt) {
  write_settings("roles = [\"trader\", \"backtest\"]\n");
  install_notifier();
  const auto trader = start();
  ASSERT_TRUE(trader->wait_ready()) << trader->output();
  const Browser browser = subscribe();
  store_subscription(browser);
  simulate("/balance/main", R"({"currency":"BTC","balance":"0.5"})");
  ASSERT_EQ(everbit({"kill", "on"}).code, 0);
  hold_bitcoin();
  const auto closed = everbit({"close", "KRW-BTC", "--yes"});
  ASSERT_EQ(closed.code, 0) << closed.err;

  const auto notifier = start_notifier();
  ASSERT_TRUE(eventually([&] {
    return messages().find("ORDER_ACCEPTED") != std::string::npos || !notifier->is_running();
  })) << notifier->output();
  const std::string told = messages();
  const std::string uuid = database_.value("SELECT upbit_uuid FROM order_attempt LIMIT 1");
  EXPECT_THAT(told, HasSubstr("\"refused\":0"));
  EXPECT_THAT(told, HasSubstr("\"undecryptable\":false"));
  EXPECT_THAT(told, HasSubstr("주문 접수"));
  EXPECT_THAT(told, HasSubstr("/orders/" + uuid));
  EXPECT_THAT(told, HasSubstr(R"(\"intentType\":\"EXIT_STOPLOSS\",\"manual\":true)"));
  EXPECT_THAT(told, HasSubstr(R"(\"requestedVolume\":\"0.1\")"));
  EXPECT_THAT(told, HasSubstr(R"(\"mode\":\"REAL\")"));
  EXPECT_THAT(told, HasSubstr("\"ttl\":600,\"urgency\":\"high\""));
  ASSERT_TRUE(eventually([&] {
    return database_.value(
               "SELECT count(*) FROM notification_delivery d JOIN notification_log l "
               "ON l.id = d.notification_log_id WHERE l.type = 'OrderAccepted' AND "
               "l.status = 'DONE' AND d.answer_status = 201") == "1";
  })) << notifier->output();
  EXPECT_EQ(trader->output().find(browser.endpoint), std::string::npos);
  EXPECT_EQ(notifier->output().find(browser.endpoint), std::string::npos)
      << "an endpoint is a key to the device";
  EXPECT_EQ(notifier->output().find(keys::kSenderScalar), std::string::npos);
}

TEST_F(PushOfADaemon, ATestEntryIsRefusedWhereOrdersAreReal) {
  install_notifier();
  give_vapid_keys();
  write_settings(push_settings());
  const Refusal refusal = start_refused();
  EXPECT_NE(refusal.status, 0);
  EXPECT_THAT(refusal.output, HasSubstr("push.testEntries"));
}

TEST_F(PushOfADaemon, DevicesAreSubscribedListedTestedAndDisabled) {
  install_notifier();
  give_vapid_keys();
  install("kr.everbit.exchange-paper", "exchange", "plugins/exchange-paper.so");
  mode_ = "PAPER";
  write_settings(push_settings());
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_for_log("admin_listening")) << daemon->output();

  const auto key = ask("GET", "push/vapid-public-key");
  EXPECT_EQ(key.status, 200U) << key.body;
  EXPECT_THAT(key.body, HasSubstr(std::string(keys::kSenderPoint)));

  const Browser browser = subscribe();
  const auto body_of = [&](const std::string& endpoint, const std::string& p256dh) {
    return R"({"endpoint":")" + endpoint + R"(","p256dh":")" + p256dh + R"(","auth":")" +
           browser.auth + R"(","userAgent":null,"deviceTag":"phone"})";
  };
  const auto added = ask("POST", "push/subscriptions", body_of(browser.endpoint, browser.p256dh));
  EXPECT_EQ(added.status, 200U) << added.body;
  const auto again = ask("POST", "push/subscriptions", body_of(browser.endpoint, browser.p256dh));
  EXPECT_EQ(again.status, 200U) << again.body;
  for (const char* endpoint : {"https://127.0.0.1/x", "https://[::1]/x", "http://localhost/x",
                               "https://169.254.169.254/", "https://2130706433/x",
                               "https://attacker.example/x", "https://user@fcm.googleapis.com/x"}) {
    const auto refused = ask("POST", "push/subscriptions", body_of(endpoint, browser.p256dh));
    EXPECT_EQ(refused.status, 400U) << endpoint;
    EXPECT_THAT(refused.body, HasSubstr("\"field\":\"endpoint\"")) << endpoint;
  }
  const auto no_key = ask("POST", "push/subscriptions", body_of(browser.endpoint, "AAAA"));
  EXPECT_EQ(no_key.status, 400U);
  EXPECT_THAT(no_key.body, HasSubstr("\"field\":\"p256dh\""));

  const auto listed = ask("GET", "push/subscriptions");
  EXPECT_THAT(listed.body, HasSubstr("\"deviceTag\":\"phone\""));
  EXPECT_EQ(listed.body.find(browser.token), std::string::npos) << "masked";

  const auto tested = ask("POST", "push/test", R"({"message":"안녕","deepLink":"/dashboard"})");
  EXPECT_EQ(tested.body, R"({"requested":1,"delivered":1,"failed":0})");
  EXPECT_THAT(messages(), HasSubstr("안녕"));
  for (const char* link : {"//evil.example", "https://evil.example", "/\\\\evil.example", "evil",
                           "/%2f%2fevil.example\\t", "/a\\nb"}) {
    const auto refused =
        ask("POST", "push/test", R"({"message":"x","deepLink":")" + std::string(link) + "\"}");
    EXPECT_EQ(refused.status, 400U) << link;
  }

  const auto changed = ask("PUT", "push/settings", R"({"ORDER_FILLED":false})");
  EXPECT_THAT(changed.body, HasSubstr("\"ORDER_ACCEPTED\":true,\"ORDER_FILLED\":false"));
  EXPECT_EQ(ask("PUT", "push/settings", R"({"WEATHER":true})").status, 400U);

  // What the service answers decides what becomes of the device.
  http_post(service_control_, "/faults", R"({"status":429,"retry_after":"600"})");
  EXPECT_EQ(ask("POST", "push/test", R"({"message":"x","deepLink":"/"})").body,
            R"({"requested":1,"delivered":0,"failed":1})");
  EXPECT_EQ(database_.value("SELECT not_before > now() + interval '9 minutes' AND enabled "
                            "FROM push_subscription"),
            "t");
  EXPECT_EQ(ask("POST", "push/test", R"({"message":"x","deepLink":"/"})").body,
            R"({"requested":0,"delivered":0,"failed":0})")
      << "it rests";
  database_.sql("UPDATE push_subscription SET not_before = NULL");
  for (const int status : {400, 401, 403, 413, 500, 503, 307}) {
    http_post(service_control_, "/faults",
              R"({"location":"http://127.0.0.1:1/","status":)" + std::to_string(status) + "}");
    ask("POST", "push/test", R"({"message":"x","deepLink":"/"})");
    EXPECT_EQ(database_.value("SELECT enabled FROM push_subscription"), "t") << status;
  }
  http_post(service_control_, "/expire", R"({"token":")" + browser.token + R"(","status":410})");
  ask("POST", "push/test", R"({"message":"x","deepLink":"/"})");
  EXPECT_EQ(database_.value("SELECT enabled FROM push_subscription"), "f");

  const std::string id = database_.value("SELECT public_id FROM push_subscription");
  EXPECT_EQ(ask("DELETE", "push/subscriptions/" + id).body,
            R"({"id":")" + id + R"(","enabled":false})");
  EXPECT_EQ(ask("DELETE", "push/subscriptions/" + Uuid::make_v4().to_string()).status, 404U);
}

}  // namespace
}  // namespace everbit::test
