#pragma once

#include <memory>

#include "base/decimal.h"
#include "base/result.h"
#include "net/http_client.h"
#include "net/rate_limiter.h"
#include "net/send_ledger.h"
#include "net/send_once.h"
#include "net/ws_client.h"
#include "paper/paper_exchange.h"
#include "paper/paper_link.h"
#include "paper/paper_wire.h"
#include "store/high_water.h"
#include "trader/metered_http.h"
#include "trader/trader_context.h"
#include "trading/execution/key_check.h"
#include "trading/gateway/exchange_gateway.h"

namespace everbit {

// What the account pays and must order at least, in KRW. Upbit's documented values until
// orders/chance has said its own.
struct AccountRules {
  Decimal fee_rate = Decimal::of("0.0005");
  Decimal min_total = Decimal::of("5000");
};

// The way to the exchange: HTTP, rate limits, the ledger of sent orders, and the gateway over them.
// In mode PAPER HTTP is for market data alone: it has no key, refuses every POST, and orders go to
// the plugin's own exchange.
// Owned by the trader. Its blocking calls are for the trader's own threads.
class ExchangeAccess {
 public:
  // Codes: LEDGER_*, NET_*, CONFIG_URL, DB_*. The trader lock is held: the ledger has one writer.
  static Result<std::unique_ptr<ExchangeAccess>> open(TraderContext& context);

  // Silence leaves the documented rules.
  AccountRules learn_account_rules();
  // The whole verification; the only thing that makes the key usable. Blocks.
  trading::KeyCheck::Verdict verify_key();
  // Ends the calls under way.
  void stop();

  trading::ExchangeGateway& gateway() { return *gateway_; }
  net::OrderSender& send_once() { return *orders_; }
  // The exchange of mode PAPER; null in REAL.
  paper::PaperExchange* paper() { return paper_.get(); }
  // What is left of each rate group, for the metrics; any thread.
  std::vector<net::RateGroupState> rate_state() const { return limiter_->state(); }
  const net::SendLedger& ledger() const { return *ledger_; }

 private:
  explicit ExchangeAccess(TraderContext& context) : context_(context) {}
  Result<void> build();
  Result<void> settle_old_data();
  void build_real(const net::Origin& origin);
  Result<void> build_paper(const net::Origin& market_data);

  TraderContext& context_;
  std::unique_ptr<net::SendLedger> ledger_;
  std::unique_ptr<store::HighWater> high_water_;
  std::unique_ptr<net::RateLimiter> limiter_;
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<MeteredHttp> metered_http_;
  // REAL only.
  std::unique_ptr<net::SendOnce> send_once_;
  std::unique_ptr<MeteredOrders> metered_orders_;
  // PAPER only.
  std::unique_ptr<paper::AccountRow> paper_row_;
  std::unique_ptr<paper::PaperExchange> paper_;
  std::unique_ptr<paper::PaperWire> paper_wire_;
  // One of the two above.
  net::OrderSender* orders_ = nullptr;
  std::unique_ptr<trading::ExchangeGateway> gateway_;
};

// Code CONFIG_URL, naming the field.
Result<net::Url> exchange_url(const std::string& text, const char* field);
// A WebSocket of the exchange, by the settings' address `text` in `field`.
Result<net::WsSettings> exchange_socket(const config::ExchangeSettings& exchange,
                                        const std::string& text, const char* field);

}  // namespace everbit
