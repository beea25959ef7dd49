#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/tests/client.h"

namespace everbit::upbit_sim {
namespace {

constexpr const char* kAccess = "upbit-sim-access-key";
constexpr const char* kSecret = "upbit-sim-secret-key-0123456789abcdef";

// The real program, started for one test and ended with SIGTERM; its exit status is checked.
class Program : public ::testing::Test {
 protected:
  Program() {
    std::string name = (std::filesystem::temp_directory_path() / "upbit-sim-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Program() override {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      EXPECT_EQ(wait_for_end(), 0) << "unclean end";
    }
    std::filesystem::remove_all(folder_);
  }

  pid_t spawn(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     std::string(std::getenv("EVERBIT_BUILD_DIR")) + "/bin/upbit-sim");
    const pid_t pid = ::fork();
    if (pid == 0) {
      std::vector<char*> argv;
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      const int out = ::open((folder_ + "/out").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
      ::dup2(out, STDOUT_FILENO);
      ::dup2(out, STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    return pid;
  }

  // A frozen market of two days unless the test asks for another.
  void start(std::vector<std::string> arguments = {}) {
    const std::string ready = folder_ + "/ready";
    std::vector<std::string> all{
        "--ready-file",   ready, "--scenario",       "still", "--markets", "KRW-BTC,KRW-ETH",
        "--history-days", "2",   "--matching-delay", "0",     "2"};
    for (auto& argument : arguments) all.push_back(std::move(argument));
    pid_ = spawn(all);
    std::string line;
    for (int i = 0; i < 300 && line.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      std::ifstream file(ready);
      std::getline(file, line);
    }
    ASSERT_FALSE(line.empty()) << output();
    port_ = static_cast<std::uint16_t>(*parse_integer(port_after(line, "rest=")));
    control_ = static_cast<std::uint16_t>(*parse_integer(port_after(line, "control=")));
  }

  static std::string port_after(const std::string& line, const std::string& name) {
    const auto from = line.find(':', line.find("://", line.find(name)) + 3) + 1;
    return line.substr(from, line.find(' ', from) - from);
  }

  std::string output() const {
    std::ifstream file(folder_ + "/out");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  int wait_for_end() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string token(const std::string& text = "") {
    return bearer(kAccess, kSecret, text, "nonce-" + std::to_string(++nonce_));
  }

  Answer get(const std::string& path, const std::string& query = "") {
    const std::string target = query.empty() ? path : path + '?' + query;
    return http_call(port_, {"GET", target, "", {{"Authorization", token(query)}}}, ca_);
  }
  Answer remove(const std::string& path, const std::string& query) {
    return http_call(port_, {"DELETE", path + '?' + query, "", {{"Authorization", token(query)}}},
                     ca_);
  }
  Answer post(const std::string& path, const std::string& text) {
    std::string body = "{";
    for (const std::string& pair : split(text, '&')) {
      const auto equals = pair.find('=');
      body += (body.size() > 1 ? ",\"" : "\"") + pair.substr(0, equals) + "\":\"" +
              pair.substr(equals + 1) + '"';
    }
    return http_call(port_,
                     {"POST",
                      path,
                      text.empty() ? "" : body + '}',
                      {{"Authorization", token(text)}, {"Content-Type", "application/json"}}},
                     ca_);
  }
  Answer control(const std::string& path, const std::string& body,
                 const std::string& method = "POST") {
    return http_call(control_, {method, path, body, {}});
  }
  void pin_book() {
    const Answer answer =
        control("/book/KRW-BTC", R"({"asks":[["150001000","1"]],"bids":[["150000000","1"]]})");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  // Reads until a message has all of these texts in it.
  static std::string read_until(ClientSocket& socket, const std::vector<std::string>& texts) {
    for (int i = 0; i < 200; ++i) {
      const auto message = socket.read();
      if (!message) return "(nothing)";
      bool all = true;
      for (const auto& text : texts) all = all && message->find(text) != std::string::npos;
      if (all) return *message;
    }
    return "(not among 200)";
  }

  std::string folder_;
  std::string ca_;
  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
  std::uint16_t control_ = 0;
  int nonce_ = 0;
};

constexpr const char* kBuy =
    "market=KRW-BTC&side=bid&ord_type=best&price=15000&time_in_force=ioc&identifier=t-1";

TEST_F(Program, AnOrderIsAcceptedMatchedAndReportedOnBothSides) {
  start();
  pin_book();
  ClientSocket mine(port_, "/websocket/v1/private", token());
  ASSERT_TRUE(mine.connected());
  mine.send(R"([{"ticket":"t"},{"type":"myOrder"},{"type":"myAsset"}])");
  mine.send("PING");
  read_until(mine, {"UP"});
  const Answer created = post("/v1/orders", kBuy);
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_NE(created.body.find(R"("state":"wait")"), std::string::npos);
  EXPECT_EQ(created.header("Remaining-Req"), "group=order; min=1800; sec=11");
  EXPECT_NE(read_until(mine, {"myOrder", R"("state":"wait")"}).find(R"("locked":15007.5)"),
            std::string::npos);
  const std::string trade = read_until(mine, {"myOrder", R"("state":"trade")"});
  EXPECT_NE(trade.find(R"("price":150001000)"), std::string::npos) << trade;
  EXPECT_NE(read_until(mine, {"myAsset", "BTC"}).find(R"("balance":)"), std::string::npos);
  read_until(mine, {"myOrder", R"("state":"cancel")"});
  EXPECT_TRUE(mine.last_was_binary());
  const Answer read = get("/v1/order", "identifier=t-1");
  EXPECT_NE(read.body.find(R"("trades_count":1)"), std::string::npos) << read.body;
  EXPECT_EQ(get("/v1/order", "identifier=t-2").status, 404);
}

TEST_F(Program, ATokenMustVouchForTheParameters) {
  start();
  EXPECT_EQ(http_call(port_, {"GET", "/v1/accounts", "", {}}).status, 401);
  EXPECT_EQ(get("/v1/accounts").status, 200);
  const Answer forged = http_call(port_, {"GET",
                                          "/v1/orders/chance?market=KRW-BTC",
                                          "",
                                          {{"Authorization", token("market=KRW-ETH")}}});
  EXPECT_NE(forged.body.find("invalid_query_payload"), std::string::npos);
  EXPECT_EQ(get("/v1/orders/chance", "market=KRW-BTC").status, 200);
  EXPECT_EQ(get("/v1/orders/closed", "states[]=done&states[]=cancel").status, 200);
}

TEST_F(Program, AWithdrawalAnswersByScope) {
  start();
  EXPECT_NE(post("/v1/withdraws/coin", "").body.find("out_of_scope"), std::string::npos);
  const std::string key = std::string(R"({"access_key":")") + kAccess + R"(","secret_key":")" +
                          kSecret + R"(","scopes":["withdraw"]})";
  ASSERT_EQ(control("/keys", key).status, 200);
  EXPECT_NE(post("/v1/withdraws/coin", "").body.find("validation_error"), std::string::npos);
  EXPECT_NE(get("/v1/accounts").body.find("out_of_scope"), std::string::npos);
}

TEST_F(Program, AnAnswerCutAfterAcceptingLeavesTheOrderBehind) {
  start();
  pin_book();
  ASSERT_EQ(
      control("/faults", R"({"method":"POST","path":"/v1/orders","count":1,"action":"cut_after"})")
          .status,
      201);
  EXPECT_EQ(post("/v1/orders", kBuy).status, 0);
  EXPECT_EQ(get("/v1/order", "identifier=t-1").status, 200);
  EXPECT_NE(post("/v1/orders", kBuy).body.find("duplicated_identifier"), std::string::npos);
  const auto ledger = Json::parse(control("/ledger", "", "GET").body);
  ASSERT_TRUE(ledger.has_value());
  EXPECT_EQ(ledger->find("orders")->items().size(), 1U);
  const auto& creates = ledger->find("creates")->items();
  ASSERT_EQ(creates.size(), 2U);
  EXPECT_EQ(creates[0].bool_at("answered"), false);
  EXPECT_EQ(creates[0].string_at("identifier"), "t-1");
}

TEST_F(Program, ACutBeforeAcceptingLeavesNothing) {
  start();
  pin_book();
  control("/faults", R"({"path":"/v1/orders","count":1,"action":"cut_before"})");
  EXPECT_EQ(post("/v1/orders", kBuy).status, 0);
  EXPECT_EQ(get("/v1/order", "identifier=t-1").status, 404);
}

TEST_F(Program, FaultsAnswerWithAnyStatusAndBody) {
  start();
  control("/faults",
          R"({"path":"/v1/orders","count":1,"action":"respond","status":418,"seconds":42})");
  control("/faults",
          R"({"path":"/v1/orders","count":1,"action":"respond","status":502,"body":"<html>",
                         "content_type":"text/html"})");
  const Answer teapot = post("/v1/orders", kBuy);
  EXPECT_EQ(teapot.status, 418);
  EXPECT_NE(teapot.body.find("42"), std::string::npos);
  EXPECT_EQ(post("/v1/orders", kBuy).body, "<html>");
  control("/block", R"({"kind":"exchange","seconds":30})");
  EXPECT_EQ(get("/v1/accounts").status, 418);
  control("/block", "", "DELETE");
  EXPECT_EQ(get("/v1/accounts").status, 200);
}

TEST_F(Program, TooManyOrdersAreRefusedWith429) {
  start();
  control("/settings", R"({"limits":{"order":1}})");
  post("/v1/orders", "market=KRW-BTC");
  EXPECT_EQ(post("/v1/orders", "market=KRW-BTC").status, 429);
}

TEST_F(Program, EventsComeTwiceOrInTheWrongOrderOnCommand) {
  start();
  pin_book();
  control("/faults",
          R"({"on":"ws","type":"myOrder","state":"trade","count":1,"action":"reorder"})");
  control("/faults",
          R"({"on":"ws","type":"myOrder","state":"cancel","count":1,"action":"duplicate"})");
  ClientSocket mine(port_, "/websocket/v1/private", token());
  mine.send(R"([{"ticket":"t"},{"type":"myOrder"},{"format":"SIMPLE"}])");
  mine.send("PING");
  read_until(mine, {"UP"});
  post("/v1/orders", kBuy);
  std::vector<std::string> states;
  for (int i = 0; i < 4; ++i) {
    const auto json = Json::parse(mine.read().value_or("{}"));
    states.push_back(json->string_at("s").value_or("?"));
  }
  EXPECT_EQ(states, (std::vector<std::string>{"wait", "cancel", "cancel", "trade"}));
}

TEST_F(Program, SocketsAreDroppedWithoutACloseFrameOnCommand) {
  start();
  ClientSocket open(port_, "/websocket/v1");
  open.send("PING");
  ASSERT_TRUE(open.read().has_value());
  EXPECT_EQ(control("/ws/reset", R"({"which":"public"})").body, R"({"sockets":1})");
  EXPECT_FALSE(open.read().has_value());
}

TEST_F(Program, PublicStreamsStartWithASnapshotAndFollowTrades) {
  start();
  ClientSocket open(port_, "/websocket/v1");
  open.send(
      R"([{"ticket":"t"},{"type":"ticker","codes":["KRW-BTC"]},{"type":"trade","codes":["KRW-BTC"]},
               {"type":"orderbook","codes":["KRW-BTC.5"]},{"type":"candle.1m","codes":["KRW-BTC"]}])");
  read_until(open, {"\"ticker\"", "SNAPSHOT"});
  read_until(open, {"\"orderbook\"", "SNAPSHOT"});
  read_until(open, {"candle.1m", "SNAPSHOT"});
  control("/trades/KRW-BTC", R"({"trades":[{"price":"150500000","volume":"0.25","side":"ask"}]})");
  EXPECT_NE(read_until(open, {"\"trade\"", "REALTIME"}).find(R"("trade_price":150500000)"),
            std::string::npos);
  EXPECT_NE(read_until(open, {"candle.1m", "REALTIME"}).find(R"("trade_price":150500000)"),
            std::string::npos);
  open.send(R"([{"ticket":"x"},{"method":"LIST_SUBSCRIPTIONS"}])");
  EXPECT_NE(read_until(open, {"LIST_SUBSCRIPTIONS"}).find(R"("ticket":"x")"), std::string::npos);
  open.send("[]");
  EXPECT_NE(read_until(open, {"error"}).find("NO_TICKET"), std::string::npos);
}

TEST_F(Program, ThePrivateSocketWantsAToken) {
  start();
  ClientSocket refused(port_, "/websocket/v1/private");
  EXPECT_FALSE(refused.connected());
  EXPECT_EQ(refused.refusal(), 401);
}

TEST_F(Program, QuotationErrorsCarryAnIntegerName) {
  start();
  const Answer unknown = get("/v1/candles/minutes/1", "market=KRW-NONE");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find(R"("name":404)"), std::string::npos);
  EXPECT_EQ(get("/v1/candles/minutes/1", "market=KRW-BTC&count=201").status, 400);
  EXPECT_EQ(get("/v1/candles/minutes/1", "market=KRW-BTC&to=2026-11-22T00:00:00Z").status, 400);
  EXPECT_EQ(get("/v1/candles/minutes/1", "market=KRW-BTC&to=2026-11-22T00%3A00%3A00Z").status, 200);
  EXPECT_EQ(get("/v1/candles/minutes/7", "market=KRW-BTC").status, 404);
}

TEST_F(Program, ServesTlsWithTheCertificateItWasGiven) {
  const std::string cert = folder_ + "/cert.pem";
  const std::string key = folder_ + "/key.pem";
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
      "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " +
      key + " -out " + cert + " 2>/dev/null";
  ASSERT_EQ(std::system(make.c_str()), 0);
  start({"--tls-cert", cert, "--tls-key", key});
  ca_ = cert;
  EXPECT_EQ(get("/v1/accounts").status, 200);
  ClientSocket mine(port_, "/websocket/v1/private", token(), cert);
  ASSERT_TRUE(mine.connected());
  mine.send("PING");
  EXPECT_EQ(mine.read(), R"({"status":"UP"})");
}

TEST_F(Program, AMistakeOnTheCommandLineIsToldWithStatus2) {
  pid_ = spawn({"--scenario", "nothing"});
  EXPECT_EQ(wait_for_end(), 2);
  EXPECT_NE(output().find("no scenario 'nothing'"), std::string::npos);
  pid_ = spawn({"--sead", "1"});
  EXPECT_EQ(wait_for_end(), 2);
  pid_ = spawn({"--replay", "KRW-BTC=/nonexistent.csv"});
  EXPECT_EQ(wait_for_end(), 1);
  EXPECT_NE(output().find("cannot read /nonexistent.csv"), std::string::npos);
  pid_ = spawn({"--help"});
  EXPECT_EQ(wait_for_end(), 0);
  EXPECT_NE(output().find("/ledger"), std::string::npos);
}

TEST_F(Program, EndsWhenItsStandardInputCloses) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  ::fcntl(pipe_ends[1], F_SETFD, FD_CLOEXEC);
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(pipe_ends[0], STDIN_FILENO);
  start({"--exit-with-stdin"});
  ::dup2(saved, STDIN_FILENO);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  EXPECT_EQ(wait_for_end(), 0);
}

TEST_F(Program, AnOrderCanStayHiddenFromEveryLookupForAWhile) {
  start();
  ASSERT_EQ(control("/settings", R"({"hide_orders_ms":60000})").status, 200);
  ASSERT_EQ(control("/clock", R"({"hold":true})").status, 200);
  ASSERT_EQ(post("/v1/orders",
                 "market=KRW-BTC&side=bid&volume=0.001&price=20000000&ord_type=limit&identifier=h")
                .status,
            201);
  EXPECT_EQ(get("/v1/order", "identifier=h").status, 404);
  EXPECT_EQ(get("/v1/orders/uuids", "identifiers[]=h").body, "[]");
  EXPECT_EQ(get("/v1/orders/open", "market=KRW-BTC").body, "[]");
  EXPECT_EQ(remove("/v1/order", "identifier=h").status, 404);
  ASSERT_EQ(control("/clock", R"({"advance_ms":60000})").status, 200);
  EXPECT_EQ(get("/v1/order", "identifier=h").status, 200);
  EXPECT_NE(get("/v1/orders/open", "market=KRW-BTC").body, "[]");
}

TEST_F(Program, AnAnswerCanEndOrPauseInTheMiddleOfItsBody) {
  start();
  control("/faults", R"({"path":"/v1/accounts","count":1,"action":"cut_within"})");
  EXPECT_EQ(get("/v1/accounts").status, 0);
  control("/faults", R"({"path":"/v1/accounts","count":1,"delay_within_ms":300})");
  const auto began = std::chrono::steady_clock::now();
  const Answer late = get("/v1/accounts");
  EXPECT_EQ(late.status, 200);
  EXPECT_TRUE(Json::parse(late.body)) << late.body;
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(300));
}

TEST_F(Program, ARefusalCanCarryHeadersOrNone) {
  start();
  control("/faults",
          R"({"path":"/v1/accounts","count":1,"action":"respond","status":429,
              "headers":{"Remaining-Req":"group=default; min=1800; sec=0"}})");
  control("/faults", R"({"path":"/v1/accounts","count":1,"action":"respond","status":429})");
  EXPECT_EQ(get("/v1/accounts").header("Remaining-Req"), "group=default; min=1800; sec=0");
  const Answer bare = get("/v1/accounts");
  EXPECT_EQ(bare.status, 429);
  EXPECT_EQ(bare.header("Remaining-Req"), "");
}

TEST_F(Program, AnEventCanComeTwiceAndDiffer) {
  start();
  ClientSocket socket(port_, "/websocket/v1");
  socket.send(R"([{"ticket":"t"},{"type":"ticker","codes":["KRW-BTC"]}])");
  ASSERT_TRUE(socket.read()) << "the snapshot";
  control("/faults", R"({"on":"ws","type":"ticker","count":1,"action":"differ"})");
  ASSERT_EQ(control("/price/KRW-BTC", R"({"price":"150000000"})").status, 200);
  const auto first = socket.read();
  const auto second = socket.read();
  ASSERT_TRUE(first && second);
  const auto at = [](const std::string& text, const char* name) {
    return Json::parse(text)->decimal_at(name);
  };
  EXPECT_EQ(at(*first, "trade_timestamp"), at(*second, "trade_timestamp"));
  EXPECT_EQ(at(*first, "trade_price"), Decimal(150'000'000));
  EXPECT_EQ(at(*second, "trade_price"), Decimal(250'000'000));
}

TEST_F(Program, AMutedSocketStaysOpenAndSilentUntilItIsReset) {
  start();
  ClientSocket socket(port_, "/websocket/v1");
  socket.send(R"([{"ticket":"t"},{"type":"ticker","codes":["KRW-BTC"]}])");
  ASSERT_TRUE(socket.read()) << "the snapshot";
  EXPECT_EQ(control("/ws/mute", R"({"which":"public"})").body, R"({"sockets":1})");
  EXPECT_EQ(control("/price/KRW-BTC", R"({"price":"150000000"})").status, 200);
  socket.send("PING");
  EXPECT_EQ(control("/ws/reset", R"({"which":"public"})").body, R"({"sockets":1})");
  EXPECT_FALSE(socket.read());
  EXPECT_EQ(control("/ws/reset", R"({"which":"public"})").body, R"({"sockets":0})");
}

// upbit-client sends orders as forms, pyupbit sends lookups and cancels with a body. The exchange's
// documentation refuses both.
TEST_F(Program, BodiesOfOldClientsAreRefusedUnlessTheyAreAskedFor) {
  start();
  const std::string order = "market=KRW-BTC&side=bid&volume=0.001&price=20000000&ord_type=limit";
  const auto form = [&](const std::string& method, const std::string& path,
                        const std::string& body) {
    return http_call(port_, {method,
                             path,
                             body,
                             {{"Authorization", token(body)},
                              {"Content-Type", "application/x-www-form-urlencoded"}}});
  };
  const auto cancel = [&](const std::string& id) {
    return http_call(port_, {"DELETE",
                             "/v1/order",
                             R"({"identifier": ")" + id + "\"}",
                             {{"Authorization", token("identifier=" + id)},
                              {"Content-Type", "application/json"}}});
  };
  EXPECT_NE(form("POST", "/v1/orders", order + "&identifier=f").status, 201);
  EXPECT_NE(form("GET", "/v1/orders/chance", "market=KRW-BTC").status, 200);
  EXPECT_NE(cancel("f").status, 200);
  ASSERT_EQ(control("/settings", R"({"old_bodies":true})").status, 200);
  EXPECT_EQ(form("POST", "/v1/orders", order + "&identifier=g").status, 201);
  EXPECT_EQ(form("GET", "/v1/orders/chance", "market=KRW-BTC").status, 200);
  EXPECT_EQ(cancel("g").status, 200);
}

TEST_F(Program, APlusSignInATimeIsASpace) {
  start();
  const auto candles = [&](const std::string& to) {
    return http_call(port_, {"GET", "/v1/candles/days?market=KRW-BTC&to=" + to, "", {}}).status;
  };
  EXPECT_EQ(candles("2036-06-24+04%3A56%3A53"), 200);
  EXPECT_EQ(candles("2036-06-24T13%3A56%3A53%2B09%3A00"), 200);
  EXPECT_EQ(candles("2036-06-24T13%3A56%3A53+09%3A00"), 400);
  EXPECT_EQ(candles("2036-06-24T13:56:53Z"), 400);
}

// upbit-client writes the name in small letters, and reads Remaining-Req of whatever comes.
TEST_F(Program, ATokenMayNameItsHashInSmallLettersAndEveryAnswerHasTheBudget) {
  start();
  const auto asked = [&](const std::string& hash_name) {
    const std::string text = "market=KRW-BTC";
    const std::string token = bearer(kAccess, kSecret, text, "of-" + hash_name, hash_name);
    return http_call(port_, {"GET", "/v1/orders/chance?" + text, "", {{"Authorization", token}}});
  };
  EXPECT_EQ(asked("sha512").status, 200);
  const Answer refused = asked("SHA256");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("Remaining-Req"), "group=default; min=1800; sec=30");
}

}  // namespace
}  // namespace everbit::upbit_sim
