#include "kakao-sim/kakao.h"

#include <algorithm>

#include "upbit-sim/json/writer.h"

namespace everbit::kakao_sim {
namespace {

constexpr std::size_t kTokensPerWindow = 20;
constexpr std::int64_t kWindow = 600;

}  // namespace

Kakao::Kakao(Options given) : options(std::move(given)) {
  // One above 2^60 and one above 2^53: whoever reads an id through a double, shows it here.
  users = {{4'611'686'018'427'388'001, "owner"},
           {1'376'016'924'429'759'228, "stranger"},
           {123'456'789, "third"}};
}

std::int64_t Kakao::now() const {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
             .count() +
         moved;
}

const User* Kakao::find_user(const std::string& id) const {
  const auto at = std::find_if(users.begin(), users.end(),
                               [&](const User& user) { return std::to_string(user.id) == id; });
  return at == users.end() ? nullptr : &*at;
}

bool Kakao::count_token(std::int64_t user) {
  auto& times = issued[user];
  while (!times.empty() && times.front() <= now() - kWindow) times.pop_front();
  if (times.size() >= kTokensPerWindow) return false;
  times.push_back(now());
  return true;
}

std::string Kakao::endpoint_of(const HttpRequest& request) {
  if (request.path == "/oauth/authorize") return "authorize";
  if (request.path == "/oauth/token") return "token";
  if (request.path == "/.well-known/jwks.json") return "jwks";
  if (request.path == "/v2/user/me") return "user";
  return {};
}

HttpResponse Kakao::handle(const HttpRequest& request,
                           const std::optional<upbit_sim::Json>& fault) {
  const std::string endpoint = endpoint_of(request);
  ++requests[endpoint];
  if (endpoint == "authorize") return authorize(*this, request);
  if (endpoint == "token") return token(*this, request, fault);
  if (endpoint == "jwks") return json_answer(200, keys.jwks());
  if (endpoint == "user") return user_me(*this, request, fault);
  return json_answer(404, R"({"msg":"not found","code":-2})");
}

HttpResponse json_answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.content_type = "application/json;charset=UTF-8";
  response.headers = {{"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
  return response;
}

HttpResponse kauth_error(int status, const std::string& error, const std::string& description,
                         const std::string& code) {
  upbit_sim::JsonWriter json;
  json.open_object().text("error", error).text("error_description", description);
  json.text("error_code", code).close_object();
  return json_answer(status, json.take());
}

}  // namespace everbit::kakao_sim
