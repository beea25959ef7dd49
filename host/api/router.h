#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace everbit::api {

// One request that found its endpoint.
struct Call {
  const http::Request& request;
  std::string_view query;               // behind the '?', still encoded
  std::vector<std::string> parameters;  // what stood for each {…} of the path, in order
  // Who asks, for the audit: "admin:1000".
  std::string actor() const;
  std::int64_t uid() const { return static_cast<std::int64_t>(request.peer->uid); }
};

// Finds the endpoint of a request. Filled before it serves, then constant; any thread.
class Router {
 public:
  using Handler = std::function<http::Response(const Call&)>;

  // The path without the base, "positions/{market}/close". GET answers HEAD too.
  void add(std::string method, std::string_view path, Handler handler);
  http::Response answer(const http::Request& request) const;

  static constexpr std::string_view kBasePath = "/api/v2/";

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    Handler handler;
  };
  std::vector<Route> routes_;
};

}  // namespace everbit::api
