#include "trader/metered_http.h"

#include <mutex>

#include "base/metric_names.h"

namespace everbit {
namespace {

using net::HttpMethod;
using net::HttpResult;

constexpr std::string_view kTriedAgain = "tried again";
// A create-order may fail before its request is made.
constexpr std::string_view kCreateOrder = "/v1/orders";

std::string_view text_of(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet:
      return "GET";
    case HttpMethod::kPost:
      return "POST";
    case HttpMethod::kPut:
      return "PUT";
    case HttpMethod::kDelete:
      break;
  }
  return "DELETE";
}

std::string path_of(const std::string& target) { return target.substr(0, target.find('?')); }

void count(Metrics& metrics, std::string_view endpoint, HttpMethod method,
           const HttpResult& result) {
  if (result.answered()) {
    const std::string status = std::to_string(result.response.status);
    metrics
        .counter(metric::kUpbitRequests,
                 {{"endpoint", endpoint}, {"method", text_of(method)}, {"status", status}})
        .add();
  } else {
    metrics
        .counter(metric::kUpbitErrors,
                 {{"endpoint", endpoint}, {"class", to_string(result.failure)}})
        .add();
  }
}

// What became of one read's tries; each of them makes its request anew, on another thread.
class Tries {
 public:
  // Counts the tries and remembers where they go.
  static std::shared_ptr<Tries> watch(net::ReadCall& call) {
    auto tries = std::make_shared<Tries>();
    call.make = [tries, make = std::move(call.make)] {
      auto request = make();
      if (request) tries->add(path_of(request->target));
      return request;
    };
    return tries;
  }

  void count_end(Metrics& metrics, const HttpResult& result) {
    const std::lock_guard lock(mutex_);
    if (made_ > 1) {
      metrics.counter(metric::kUpbitErrors, {{"endpoint", endpoint_}, {"class", kTriedAgain}})
          .add(made_ - 1);
    }
    count(metrics, endpoint_, HttpMethod::kGet, result);
  }

 private:
  void add(std::string endpoint) {
    const std::lock_guard lock(mutex_);
    endpoint_ = std::move(endpoint);
    ++made_;
  }

  std::mutex mutex_;
  std::string endpoint_ = "none";
  int made_ = 0;
};

}  // namespace

net::HttpCallHandle MeteredHttp::send_read(net::ReadCall call,
                                           boost::asio::any_io_executor executor,
                                           net::HttpHandler handler) {
  auto tries = Tries::watch(call);
  return http_.send_read(std::move(call), std::move(executor),
                         [this, tries, told = std::move(handler)](HttpResult result) {
                           tries->count_end(metrics_, result);
                           told(std::move(result));
                         });
}

HttpResult MeteredHttp::send_blocking(net::HttpCall call) {
  const std::string endpoint = path_of(call.request.target);
  const HttpMethod method = call.request.method;
  HttpResult result = http_.send_blocking(std::move(call));
  count(metrics_, endpoint, method, result);
  return result;
}

HttpResult MeteredHttp::read_blocking(net::ReadCall call) {
  const auto tries = Tries::watch(call);
  HttpResult result = http_.read_blocking(std::move(call));
  tries->count_end(metrics_, result);
  return result;
}

HttpResult MeteredOrders::send_blocking(net::CreateOrderCall call) {
  HttpResult result = sender_.send_blocking(std::move(call));
  count(metrics_, kCreateOrder, HttpMethod::kPost, result);
  return result;
}

}  // namespace everbit
