#include "auth-kakao/answers.h"

#include <algorithm>
#include <array>

#include "auth-kakao/json.h"

namespace everbit::auth_kakao {
namespace {

constexpr std::size_t kLargestToken = 8192;

std::string_view view(eb_bytes bytes) {
  return bytes.len == 0 ? std::string_view()
                        : std::string_view(reinterpret_cast<const char*>(bytes.ptr), bytes.len);
}

bool is_bearer(std::string_view type) {
  constexpr std::string_view kWord = "bearer";
  return type.size() == kWord.size() &&
         std::equal(type.begin(), type.end(), kWord.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

// May stand in a header as it is.
bool is_visible(std::string_view text) {
  return !text.empty() && text.size() <= kLargestToken &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// Of a refusal by the token endpoint: KOE003 is a fault at Kakao, KOE237 its rate limit.
Ending refused_token(const eb_op_done& done) {
  if (done.http_status >= 500 || done.http_status == 429) return Ending::kUnavailable;
  const auto json = JsonObject::parse(view(done.body));
  const auto code = json ? json->text("error_code") : std::nullopt;
  return code == "KOE003" || code == "KOE237" ? Ending::kUnavailable : Ending::kTokenError;
}

// Of a refusal by the user endpoint: internal faults, quota, timeouts within Kakao, maintenance.
Ending refused_user(const eb_op_done& done) {
  if (done.http_status >= 500 || done.http_status == 429) return Ending::kUnavailable;
  const auto json = JsonObject::parse(view(done.body));
  const auto code = json ? json->number("code") : std::nullopt;
  constexpr std::array<std::int64_t, 5> kLater{-1, -7, -10, -603, -9798};
  const bool later = code && std::find(kLater.begin(), kLater.end(), *code) != kLater.end();
  return later ? Ending::kUnavailable : Ending::kUserError;
}

}  // namespace

std::string_view code_of(Ending ending) {
  switch (ending) {
    case Ending::kTokenError:
      return "KAKAO_TOKEN_ERROR";
    case Ending::kUserError:
      return "KAKAO_USER_ERROR";
    case Ending::kUnavailable:
      break;
  }
  return "UNAVAILABLE";
}

bool is_answered(const eb_op_done& done, std::int32_t http_status) {
  return done.status == EB_OK && done.http_status == http_status;
}

std::variant<Granted, Ending> read_token(const eb_op_done& done) {
  if (done.status != EB_OK) return Ending::kUnavailable;
  if (done.http_status != 200) return refused_token(done);
  const auto json = JsonObject::parse(view(done.body));
  if (!json) return Ending::kTokenError;
  const auto type = json->text("token_type");
  const auto access = json->text("access_token");
  if (!type || !is_bearer(*type) || !access || !is_visible(*access)) return Ending::kTokenError;
  Granted granted{std::string(*access), std::nullopt};
  if (json->has("id_token")) {
    const auto id_token = json->text("id_token");
    if (!id_token || id_token->size() > kLargestToken) return Ending::kTokenError;
    granted.id_token = *id_token;
  }
  return granted;
}

std::variant<std::string, Ending> read_user(const eb_op_done& done) {
  if (done.status != EB_OK) return Ending::kUnavailable;
  if (done.http_status != 200) return refused_user(done);
  const auto json = JsonObject::parse(view(done.body));
  const auto id = json ? json->number("id") : std::nullopt;
  if (!id || *id <= 0) return Ending::kUserError;
  return std::to_string(*id);
}

}  // namespace everbit::auth_kakao
