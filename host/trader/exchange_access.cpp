#include "trader/exchange_access.h"

#include "base/log.h"
#include "store/old_data.h"
#include "trading/gateway/rate_groups.h"
#include "trading/gateway/stored_blocks.h"

namespace everbit {
namespace {

using std::chrono::seconds;

constexpr seconds kStartBudget{10};
// What requests for the simulated account are signed with.
constexpr const char* kPaperKey = "paper";

}  // namespace

Result<net::Url> exchange_url(const std::string& text, const char* field) {
  auto url = net::parse_url(text);
  if (!url) return Error("CONFIG_URL", "is no address", field);
  return *url;
}

Result<net::WsSettings> exchange_socket(const config::ExchangeSettings& exchange,
                                        const std::string& text, const char* field) {
  auto url = exchange_url(text, field);
  if (!url) return url.error();
  net::WsSettings ws;
  ws.url = *url;
  ws.ca_file = exchange.ca_file.string();
  return ws;
}

Result<std::unique_ptr<ExchangeAccess>> ExchangeAccess::open(TraderContext& context) {
  std::unique_ptr<ExchangeAccess> access(new ExchangeAccess(context));
  if (auto built = access->build(); !built) return built.error();
  return access;
}

Result<void> ExchangeAccess::build() {
  const config::ExchangeSettings& exchange = context_.settings.exchange;
  auto ledger = net::SendLedger::open(context_.settings.data.dir / "send.ledger", context_.instance,
                                      context_.clock);
  if (!ledger) return ledger.error();
  ledger_ = std::move(*ledger);
  if (auto settled = settle_old_data(); !settled) return settled.error();
  auto rest = exchange_url(exchange.rest_url, "exchange.restUrl");
  if (!rest) return rest.error();
  const bool is_real = context_.mode == trading::Mode::kReal;
  net::HttpClientSettings settings;
  settings.ca_file = exchange.ca_file.string();
  settings.guarded_origins = {rest->origin};
  if (is_real) settings.harmless_targets = trading::harmless_targets(*context_.plugins.exchange());
  auto client = net::HttpClient::make(context_.io, std::move(settings));
  if (!client) return client.error();
  http_ = std::move(*client);
  limiter_ = std::make_unique<net::RateLimiter>(context_.clock, context_.io.executor(),
                                                trading::exchange_rate_groups(), context_.budget);
  auto blocked = trading::obey_stored_blocks(context_.pool, context_.owner, context_.clock,
                                             *limiter_, Deadline::after(kStartBudget));
  if (!blocked) return blocked.error();
  metered_http_ = std::make_unique<MeteredHttp>(*http_, context_.metrics);
  if (!is_real) return build_paper(rest->origin);
  build_real(rest->origin);
  return {};
}

void ExchangeAccess::build_real(const net::Origin& origin) {
  net::SendOnceSettings sending;
  sending.marked = [this](const Uuid& attempt) { high_water_->raise(attempt); };
  send_once_ = std::make_unique<net::SendOnce>(*http_, *ledger_, std::move(sending));
  metered_orders_ = std::make_unique<MeteredOrders>(*send_once_, context_.metrics);
  orders_ = metered_orders_.get();
  const config::ExchangeSettings& exchange = context_.settings.exchange;
  gateway_ = std::make_unique<trading::ExchangeGateway>(
      trading::ExchangeGateway::Parts{*context_.plugins.exchange(),
                                      *metered_http_,
                                      *limiter_,
                                      context_.clock,
                                      origin,
                                      context_.io.executor(),
                                      {exchange.access_key, exchange.secret_key}});
}

// The owner's key is given to nobody, so that nothing could sign a real order.
Result<void> ExchangeAccess::build_paper(const net::Origin& market_data) {
  plugins::LocalExchange* const local = context_.plugins.local_exchange();
  if (local == nullptr) return Error("EXCHANGE_MODE", "mode PAPER has no exchange of its own");
  const plugins::Manifest& manifest = local->manifest();
  paper_row_ = std::make_unique<paper::AccountRow>(context_.pool, context_.owner, context_.instance,
                                                   manifest.id, manifest.version);
  paper_ = std::make_unique<paper::PaperExchange>(paper::PaperExchange::Parts{
      *local, *paper_row_, [this] { return context_.exchange_clock.now_or_local(); },
      [this](std::string reason) { context_.fatal(std::move(reason)); }});
  if (auto started = paper_->start(Deadline::after(kStartBudget)); !started) {
    return started.error();
  }
  paper_wire_ = std::make_unique<paper::PaperWire>(paper::PaperWire::Parts{
      *paper_, *ledger_, [this](const Uuid& attempt) { high_water_->raise(attempt); }});
  orders_ = paper_wire_.get();
  gateway_ = std::make_unique<trading::ExchangeGateway>(trading::ExchangeGateway::Parts{
      *context_.plugins.exchange(),
      *metered_http_,
      *limiter_,
      context_.clock,
      market_data,
      context_.io.executor(),
      {Secret(kPaperKey), Secret(kPaperKey)},
      trading::ExchangeGateway::Parts::Account{paper_wire_.get(), paper::paper_origin()}});
  return {};
}

void ExchangeAccess::stop() {
  http_->stop();
  if (paper_) paper_->stop();
}

// Before anything may be sent: a database that is older than what was sent must not trade on.
Result<void> ExchangeAccess::settle_old_data() {
  const auto path = context_.settings.data.dir / "high-water";
  auto opened = store::HighWater::open(path);
  const bool damaged = !opened && opened.error().code == "HIGH_WATER_DAMAGED";
  if (!opened && !damaged) return opened.error();
  const auto mark = damaged ? std::nullopt : (*opened)->mark();
  auto settled = store::settle_if_old(context_.pool, mark, damaged, Deadline::after(kStartBudget));
  if (!settled) return settled.error();
  if (damaged) {
    std::error_code failed;
    std::filesystem::rename(path, path.string() + ".damaged", failed);
    opened = store::HighWater::open(path);
    if (!opened) return opened.error();
  }
  high_water_ = std::move(*opened);
  return {};
}

AccountRules ExchangeAccess::learn_account_rules() {
  AccountRules rules;
  if (!gateway_->has_key() || context_.markets.empty()) return rules;
  const auto answer =
      gateway_->read(plugins::ExchangeOp::kChance, {{"market", context_.markets.front()}},
                     net::RatePriority::kLookup);
  if (answer.ok() && answer.decoded.found.chance) {
    rules.fee_rate = answer.decoded.found.chance->bid_fee;
    rules.min_total = answer.decoded.found.chance->min_total_ask;
  } else {
    log_error("account_rules_not_read",
              {{"name", answer.decoded.answer.name}, {"detail", answer.wire.detail}});
  }
  return rules;
}

trading::KeyCheck::Verdict ExchangeAccess::verify_key() {
  using Verdict = trading::KeyCheck::Verdict;
  const std::string market = context_.markets.empty() ? "KRW-BTC" : context_.markets.front();
  const trading::KeyCheck check = trading::check_key(*gateway_, market);
  // What the simulated exchange says of its key is nothing about the owner's.
  const bool is_owners = context_.mode == trading::Mode::kReal;
  const auto stored = !is_owners ? Result<void>()
                                 : trading::store_key_check(context_.pool, context_.owner, check,
                                                            Deadline::after(kStartBudget));
  if (!stored) return Verdict::kUnclear;
  if (check.verdict == Verdict::kGood) {
    context_.key_usable.store(true);
    log_info("key_verified");
  } else {
    log_error("key_not_verified", {{"code", check.code}, {"name", check.name}});
  }
  return check.verdict;
}

}  // namespace everbit
