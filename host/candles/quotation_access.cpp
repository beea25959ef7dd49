#include "candles/quotation_access.h"

#include <algorithm>

#include "redis/address.h"
#include "trading/gateway/rate_groups.h"
#include "trading/gateway/stored_blocks.h"

namespace everbit::candles {
namespace {

constexpr std::chrono::seconds kBudget{10};
// Of each group, beside a trader that does not share its budget.
constexpr int kShareBeside = 5;

constexpr store::Sql kTraderLives{R"sql(
  SELECT EXISTS (SELECT FROM trader_instance WHERE instance_alive(instance)))sql"};

}  // namespace

Result<std::unique_ptr<QuotationAccess>> QuotationAccess::open(const Parts& parts) {
  const config::ExchangeSettings& exchange = parts.settings.exchange;
  const auto rest = net::parse_url(exchange.rest_url);
  if (!rest) return Error("CONFIG_URL", "is no address", "exchange.restUrl");
  auto listed = plugins::ListedPlugins::open(parts.settings.plugins);
  if (!listed) return listed.error();
  std::unique_ptr<QuotationAccess> access(new QuotationAccess);
  access->io_.start();
  auto plugin = plugins::ExchangePlugin::start(**listed, exchange.plugin, parts.clock, access->io_);
  if (!plugin) return plugin.error();
  access->exchange_ = std::move(*plugin);
  if (auto limited = access->limit(parts); !limited) return limited.error();
  net::HttpClientSettings http;
  http.ca_file = exchange.ca_file.string();
  http.guarded_origins = {rest->origin};
  auto client = net::HttpClient::make(access->io_, std::move(http));
  if (!client) return client.error();
  access->http_ = std::move(*client);
  access->gateway_ = std::make_unique<trading::ExchangeGateway>(
      trading::ExchangeGateway::Parts{access->exchange_->codec(),
                                      *access->http_,
                                      *access->limiter_,
                                      parts.clock,
                                      rest->origin,
                                      access->io_.executor(),
                                      {}});
  return access;
}

Result<void> QuotationAccess::limit(const Parts& parts) {
  std::vector<net::RateGroup> groups = trading::exchange_rate_groups();
  std::erase_if(groups,
                [](const net::RateGroup& group) { return group.side == net::RateSide::kExchange; });
  if (!parts.settings.redis.url.empty()) {
    auto address = redis::parse_address(parts.settings.redis.url.reveal());
    if (!address) return Error(address.error().code, address.error().message, "redis.url");
    redis::ClientSettings redis;
    redis.address = std::move(*address);
    budget_ = std::make_unique<net::SharedBudget>(std::move(redis));
  } else {
    auto lives = parts.pool.exec(Deadline::after(kBudget), kTraderLives);
    if (!lives) return lives.error();
    const int share = lives->front().get<bool>(0) ? kShareBeside : 1;
    for (net::RateGroup& group : groups) group.limit = std::max(1, group.limit / share);
  }
  limiter_ = std::make_unique<net::RateLimiter>(parts.clock, io_.executor(), std::move(groups),
                                                budget_.get());
  return trading::obey_stored_blocks(parts.pool, parts.owner, parts.clock, *limiter_,
                                     Deadline::after(kBudget));
}

QuotationAccess::~QuotationAccess() {
  if (http_) http_->stop();
  gateway_.reset();
  http_.reset();
  limiter_.reset();
  exchange_.reset();
  budget_.reset();
  io_.stop();
}

}  // namespace everbit::candles
