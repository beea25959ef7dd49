#include "kakao-sim/kakao.h"
#include "upbit-sim/json/writer.h"

namespace everbit::kakao_sim {
namespace {

HttpResponse unknown_token() {
  HttpResponse response =
      json_answer(401, R"({"msg":"this access token does not exist","code":-401})");
  response.headers.emplace_back("WWW-Authenticate", "Bearer error=invalid_token");
  return response;
}

// `shape` of a fault: the id is missing, a text, or there twice.
std::string id_members(const std::string& shape, const std::string& id) {
  if (shape == "no_id") return "";
  if (shape == "text_id") return "\"id\":\"" + id + "\",";
  if (shape == "two_ids") return "\"id\":" + id + ",\"id\":1,";
  return "\"id\":" + id + ",";
}

}  // namespace

HttpResponse user_me(Kakao& kakao, const HttpRequest& request,
                     const std::optional<upbit_sim::Json>& fault) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view given = request.header("authorization");
  if (!given.starts_with(kBearer)) return unknown_token();
  const auto at = kakao.access_tokens.find(std::string(given.substr(kBearer.size())));
  if (at == kakao.access_tokens.end() || at->second.until <= kakao.now()) return unknown_token();
  const User* const user = kakao.find_user(std::to_string(at->second.user));
  const std::string shape = fault ? fault->string_at("shape").value_or("") : "";
  const std::string id =
      fault ? fault->string_at("id").value_or(std::to_string(user->id)) : std::to_string(user->id);
  upbit_sim::JsonWriter profile;
  profile.open_object().text("nickname", user->nickname).close_object();
  std::string body = "{" + id_members(shape, id) + R"("connected_at":"2022-04-11T01:45:28Z",)";
  if (shape == "huge") body += "\"padding\":\"" + std::string(1024 * 1024, 'x') + "\",";
  body += R"("kakao_account":{"profile_nickname_needs_agreement":false,"profile":)" +
          profile.str() + "}}";
  return json_answer(200, std::move(body));
}

}  // namespace everbit::kakao_sim
