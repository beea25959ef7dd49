#include "integration/trading/reconcile_fixture.h"

#include <simdjson.h>

#include <thread>

namespace everbit::trading {

ReconcileFixture::ReconcileFixture()
    : recorder_({rows_.outbox(), rows_.owner(), Mode::kReal, test::OrderRows::kTag}),
      fills_({rows_.outbox(), rows_.owner(), Mode::kReal, Decimal::of("5000")}),
      sync_({rows_.pool(), recorder_, fills_, rows_.outbox(), rows_.owner(), Mode::kReal,
             rows_.instance()}),
      reader_({exchange_.gateway(), sync_}),
      balances_(rows_.pool(), rows_.owner(), Mode::kReal),
      io_(1, "feed") {
  rows_.sql("INSERT INTO trader_instance (owner_id, instance, boot_id, since) VALUES (" +
            std::to_string(rows_.owner().value()) + ", '" + rows_.instance().to_string() +
            "', gen_random_uuid(), now()) ON CONFLICT (owner_id) DO UPDATE SET instance = "
            "excluded.instance");
  io_.start();
  reconciler_ = std::make_unique<Reconciler>(Reconciler::Parts{rows_.pool(),
                                                               exchange_.gateway(),
                                                               reader_,
                                                               balances_,
                                                               rows_.outbox(),
                                                               exchange_clock_,
                                                               clock_,
                                                               rows_.owner(),
                                                               Mode::kReal,
                                                               rows_.instance(),
                                                               std::chrono::seconds(60),
                                                               {},
                                                               [this] { ++first_done_; },
                                                               [this] { ++fenced_; }});
  book(R"([["100000000","10"]])", R"([["99999000","10"]])");
}

ReconcileFixture::~ReconcileFixture() = default;

void ReconcileFixture::book(const std::string& asks, const std::string& bids,
                            const std::string& market) {
  sim_.post("/book/" + market, R"({"asks":)" + asks + R"(,"bids":)" + bids + "}");
}

std::string ReconcileFixture::order_at_exchange(const std::string& identifier,
                                                const std::vector<plugins::Field>& body) {
  std::vector<plugins::Field> named = body;
  if (!identifier.empty()) named.push_back({"identifier", identifier});
  const std::string answer = sim_.send(exchange_.gateway().sign_create(named).value());
  simdjson::dom::parser parser;
  const std::string uuid(parser.parse(answer)["uuid"].get_string().value());
  return uuid;
}

std::string ReconcileFixture::buy(const std::string& identifier, const std::string& krw,
                                  const std::string& market) {
  return order_at_exchange(
      identifier, {{"market", market}, {"side", "bid"}, {"ord_type", "price"}, {"price", krw}});
}

std::string ReconcileFixture::sell(const std::string& identifier, const std::string& volume) {
  return order_at_exchange(
      identifier,
      {{"market", "KRW-BTC"}, {"side", "ask"}, {"ord_type", "market"}, {"volume", volume}});
}

std::string ReconcileFixture::bid(const std::string& identifier, const std::string& price,
                                  const std::string& volume) {
  return order_at_exchange(identifier, {{"market", "KRW-BTC"},
                                        {"side", "bid"},
                                        {"ord_type", "limit"},
                                        {"volume", volume},
                                        {"price", price}});
}

test::OrderIds ReconcileFixture::bought(const std::string& krw) {
  const auto ids = rows_.entry(krw);
  rows_.mark_sent(ids);
  const Decimal before = coins();
  buy(ids.identifier, krw);
  EXPECT_TRUE(eventually([&] { return coins() > before; })) << "the simulator did not match";
  return ids;
}

void ReconcileFixture::reconcile() {
  reconciler_->request_all();
  reconciler_->turn();
}

std::unique_ptr<PrivateFeed> ReconcileFixture::start_feed() {
  net::WsSettings ws;
  ws.url = sim_.private_socket();
  ws.backoff = {std::chrono::milliseconds(20)};
  auto feed = std::make_unique<PrivateFeed>(
      PrivateFeed::Parts{io_, ws, exchange_.codec(), exchange_.gateway(), sync_, reader_, balances_,
                         exchange_clock_, system_clock_, [this] { ++asked_; }});
  EXPECT_TRUE(feed->start());
  EXPECT_TRUE(eventually([&] { return asked_ > 0; })) << "no connection";
  return feed;
}

std::string ReconcileFixture::position() const {
  return rows_.value(
      "SELECT concat_ws(' ', status, trim_scale(quantity), trim_scale(avg_price), "
      "trim_scale(dust_quantity)) FROM position");
}

std::string ReconcileFixture::market(const std::string& code) const {
  return rows_.value(
      "SELECT concat_ws(' ', trade_status, suspend_reason_code) FROM market_state "
      "WHERE market = '" +
      code + "'");
}

Decimal ReconcileFixture::coins(const std::string& currency) {
  simdjson::dom::parser parser;
  const std::string text = sim_.ledger();
  for (auto account : parser.parse(text)["accounts"].get_array()) {
    for (auto balance : account["balances"].get_array()) {
      if (std::string_view(balance["currency"]) != currency) continue;
      return Decimal::of(std::string_view(balance["balance"])) +
             Decimal::of(std::string_view(balance["locked"]));
    }
  }
  return {};
}

}  // namespace everbit::trading
