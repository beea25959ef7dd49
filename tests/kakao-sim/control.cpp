#include "kakao-sim/kakao.h"
#include "upbit-sim/json/writer.h"

namespace everbit::kakao_sim {
namespace {

HttpResponse refused(const std::string& why) {
  upbit_sim::JsonWriter json;
  return json_answer(400, json.open_object().text("error", why).close_object().take());
}

HttpResponse state(const Kakao& kakao) {
  upbit_sim::JsonWriter json;
  json.open_object().integer("now", kakao.now()).text("kid", kakao.keys.kid());
  json.key("requests").open_object();
  for (const auto& [endpoint, count] : kakao.requests) {
    if (!endpoint.empty()) json.integer(endpoint, count);
  }
  return json_answer(200, json.close_object().close_object().take());
}

}  // namespace

HttpResponse control(Kakao& kakao, const HttpRequest& request) {
  if (request.method == "GET" && request.path == "/state") return state(kakao);
  if (request.method == "DELETE" && request.path == "/faults") {
    kakao.faults.clear();
    return json_answer(200, "{}");
  }
  if (request.method != "POST") return refused("no such call");
  std::string problem;
  const auto body = upbit_sim::Json::parse(request.body.empty() ? "{}" : request.body, &problem);
  if (!body) return refused(problem);
  if (request.path == "/faults") {
    const std::string why = kakao.faults.add(*body);
    return why.empty() ? json_answer(200, "{}") : refused(why);
  }
  if (request.path == "/rotate") {
    kakao.keys.rotate();
    return json_answer(200, "{}");
  }
  if (request.path == "/clock") {
    kakao.moved += body->integer_at("advance_seconds").value_or(0);
    return json_answer(200, "{}");
  }
  if (request.path == "/user") {
    kakao.options.user = body->string_at("id").value_or("");
    return json_answer(200, "{}");
  }
  return refused("no such call");
}

}  // namespace everbit::kakao_sim
