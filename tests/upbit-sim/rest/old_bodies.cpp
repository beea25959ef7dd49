#include "upbit-sim/rest/old_bodies.h"

#include <utility>

#include "upbit-sim/base/text.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/json/writer.h"

namespace everbit::upbit_sim {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kJson = "application/json";

std::string json_of_form(const std::string& form) {
  JsonWriter json;
  json.open_object();
  for (const std::string& pair : split(form, '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view value = std::string_view(pair).substr(std::min(equals + 1, pair.size()));
    json.text(percent_decode(pair.substr(0, equals)).value_or(""),
              percent_decode(value).value_or(""));
  }
  return json.close_object().take();
}

std::string query_of_json(const Json& json) {
  std::string query;
  for (const auto& [name, value] : json.members()) {
    query += (query.empty() ? "" : "&") + name + '=' + std::string(value.text());
  }
  return query;
}

}  // namespace

HttpRequest with_parameters_in_place(HttpRequest request) {
  if (request.body.empty()) return request;
  const std::string type(request.header("Content-Type"));
  if (request.method == "POST") {
    if (!type.starts_with(kForm)) return request;
    request.body = json_of_form(request.body);
    for (auto& [name, value] : request.headers) {
      if (equals_ignoring_case(name, "Content-Type")) value = kJson;
    }
    // Some send the same parameters in the query as well.
    request.query.clear();
    return request;
  }
  if (!request.query.empty()) return request;
  if (type.starts_with(kForm)) {
    request.query = std::exchange(request.body, "");
  } else if (const auto json = Json::parse(request.body); json && json->is_object()) {
    request.query = query_of_json(*json);
    request.body.clear();
  }
  return request;
}

}  // namespace everbit::upbit_sim
