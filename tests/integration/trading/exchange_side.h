#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "net/rate_limiter.h"
#include "plugins/exchange/exchange_codec.h"
#include "trading/gateway/exchange_gateway.h"

namespace everbit::test {

// A folder of its own for one test, removed at its end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The codec plugin out of the build folder.
plugins::ExchangeCodec upbit_codec();

// The real client side of an exchange at that origin: HTTP, limiter, codec, gateway.
// More orders a second than Upbit takes need a simulator without rate limits.
class ExchangeClient {
 public:
  explicit ExchangeClient(const net::Origin& origin, int orders_per_second = 12);
  ~ExchangeClient();
  ExchangeClient(const ExchangeClient&) = delete;
  ExchangeClient& operator=(const ExchangeClient&) = delete;

  net::HttpClient& http() { return *http_; }
  net::RateLimiter& limiter() { return *limiter_; }
  trading::ExchangeGateway& gateway() { return *gateway_; }
  const plugins::ExchangeCodec& codec() const { return codec_; }

 private:
  SystemClock clock_;
  net::IoThreads io_;
  plugins::ExchangeCodec codec_;
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<net::RateLimiter> limiter_;
  std::unique_ptr<trading::ExchangeGateway> gateway_;
};

// The real simulator, a process of its own; by default with a market that stands still.
class UpbitSim {
 public:
  explicit UpbitSim(const std::string& scenario = "still");
  ~UpbitSim();
  UpbitSim(const UpbitSim&) = delete;
  UpbitSim& operator=(const UpbitSim&) = delete;

  const net::Origin& rest() const { return rest_; }
  // Its control port; throws unless the answer is 200 or 201.
  std::string post(const std::string& path, const std::string& json);
  std::string ledger() { return control(net::HttpMethod::kGet, "/ledger", ""); }
  std::string state() { return control(net::HttpMethod::kGet, "/state", ""); }
  // A request to the exchange, past every gate of the client; throws unless it was taken.
  std::string send(net::HttpRequest request);
  // Where its private WebSocket is.
  net::Url private_socket() const { return {rest_, "/websocket/v1/private"}; }
  // One rule for create-orders: the fields of a fault besides method and path.
  void fault(const std::string& fields);
  // How many create-orders came in, and how many orders there are.
  int creates();
  int orders();
  // From now on nobody listens there.
  void stop();

 private:
  std::string control(net::HttpMethod method, const std::string& path, const std::string& body);
  int count(const std::string& list);

  ScratchFolder folder_;
  pid_t pid_ = -1;
  int stdin_ = -1;
  net::Origin rest_;
  net::Origin control_;
  net::IoThreads io_{1, "sim-control"};
  std::unique_ptr<net::HttpClient> http_;
};

}  // namespace everbit::test
