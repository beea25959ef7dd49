#include "api/router.h"

#include <optional>

#include "http/error_body.h"

namespace everbit::api {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  for (;;) {
    const std::size_t slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

// What stood for the parameters; none when the path is another one.
std::optional<std::vector<std::string>> match(const std::vector<std::string>& pattern,
                                              const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_parameter(pattern[i]) && !path[i].empty()) {
      parameters.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

bool serves(std::string_view route, std::string_view method) {
  return route == method || (route == "GET" && method == "HEAD");
}

bool is_json(std::string_view content_type) {
  return content_type.substr(0, content_type.find(';')) == "application/json";
}

}  // namespace

std::string Call::actor() const { return "admin:" + std::to_string(uid()); }

void Router::add(std::string method, std::string_view path, Handler handler) {
  routes_.push_back({std::move(method), split(path), std::move(handler)});
}

http::Response Router::answer(const http::Request& request) const {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = target.substr(std::min(path.size() + 1, target.size()));
  if (!path.starts_with(kBasePath)) return http::error_response(404);
  const auto segments = split(path.substr(kBasePath.size()));
  std::string allow;
  for (const Route& route : routes_) {
    auto parameters = match(route.segments, segments);
    if (!parameters) continue;
    if (!serves(route.method, request.method)) {
      allow += (allow.empty() ? "" : ", ") + route.method + (route.method == "GET" ? ", HEAD" : "");
      continue;
    }
    if (!request.body.empty() && !is_json(request.content_type)) return http::error_response(415);
    return route.handler(Call{request, query, std::move(*parameters)});
  }
  if (allow.empty()) return http::error_response(404);
  http::Response response = http::error_response(405);
  response.allow = std::move(allow);
  return response;
}

}  // namespace everbit::api
