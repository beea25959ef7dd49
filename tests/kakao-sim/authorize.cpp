#include <algorithm>

#include "kakao-sim/kakao.h"

namespace everbit::kakao_sim {
namespace {

constexpr std::int64_t kCodeLife = 600;

// What is wrong with the app is shown here and never sent back to it.
HttpResponse error_page(const std::string& code) {
  HttpResponse response;
  response.status = 400;
  response.content_type = "text/html; charset=utf-8";
  response.body = "<!doctype html><title>" + code + "</title><h1>" + code + "</h1>";
  return response;
}

HttpResponse redirect(std::string location) {
  HttpResponse response;
  response.status = 302;
  response.headers = {{"Location", std::move(location)}};
  return response;
}

HttpResponse back(const Params& params, const std::string& answer) {
  const std::string uri = find(params, "redirect_uri");
  std::string location = uri + (uri.find('?') == std::string::npos ? "?" : "&") + answer;
  if (const std::string state = find(params, "state"); !state.empty()) {
    location += "&state=" + percent_encode(state);
  }
  return redirect(std::move(location));
}

HttpResponse ask_who(const Kakao& kakao, const HttpRequest& request) {
  std::string body = "<!doctype html><meta charset=utf-8><title>kakao-sim</title><ul>";
  const std::string here = request.path + "?" + request.query;
  for (const User& user : kakao.users) {
    body += "<li><a id=\"user-" + user.nickname + "\" href=\"" + here +
            "&amp;mock_user=" + std::to_string(user.id) + "\">" + user.nickname + "</a>";
  }
  body += "<li><a id=\"deny\" href=\"" + here + "&amp;mock_action=deny\">cancel</a></ul>";
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  // The links keep the address as it was sent, which is percent-encoded: only '&' needs care.
  response.body = std::move(body);
  return response;
}

}  // namespace

HttpResponse authorize(Kakao& kakao, const HttpRequest& request) {
  const auto parsed = parse_params(request.query);
  if (!parsed) return error_page("KOE001");
  const Params& params = *parsed;
  const std::string client = find(params, "client_id");
  if (client.empty()) return error_page("KOE207");
  if (client != kakao.options.client_id) return error_page("KOE101");
  const auto& uris = kakao.options.redirect_uris;
  const std::string uri = find(params, "redirect_uri");
  if (std::find(uris.begin(), uris.end(), uri) == uris.end()) return error_page("KOE006");
  const std::string type = find(params, "response_type");
  if (type.empty()) return error_page("KOE207");
  if (type != "code") return error_page(type == "token" ? "KOE202" : "KOE201");
  if (!find(params, "scope").empty()) return error_page("KOE205");
  const std::string method = find(params, "code_challenge_method");
  const std::string challenge = find(params, "code_challenge");
  if (!challenge.empty() && method != "S256") return error_page("KOE204");

  const std::string action = find(params, "mock_action");
  if (action == "deny") {
    return back(params, "error=access_denied&error_description=User%20denied%20access");
  }
  if (action == "under14") {
    return back(params, "error=access_denied&error_description=Not%20allowed%20under%20age%2014");
  }
  std::string who = find(params, "mock_user");
  if (who.empty()) who = kakao.options.user;
  if (who.empty() && find(params, "prompt") == "none") return back(params, "error=login_required");
  if (who.empty()) return ask_who(kakao, request);
  const User* const user = kakao.find_user(who);
  if (user == nullptr) return error_page("KOE005");
  const std::string code = random_text(32);
  kakao.codes[code] = {uri,   user->id, find(params, "nonce"), challenge, kakao.now() + kCodeLife,
                       false, {}};
  return back(params, "code=" + code);
}

}  // namespace everbit::kakao_sim
