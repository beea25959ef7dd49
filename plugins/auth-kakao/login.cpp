#include "auth-kakao/login.h"

#include <algorithm>
#include <utility>

#include "auth-kakao/requests.h"

namespace everbit::auth_kakao {
namespace {

constexpr std::size_t kMostLogins = 16;
constexpr std::int64_t kTimeoutMs = 5000;

std::string_view body_of(const eb_op_done& done) {
  return done.body.len == 0
             ? std::string_view()
             : std::string_view(reinterpret_cast<const char*>(done.body.ptr), done.body.len);
}

}  // namespace

Logins::Logins(eb::Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      http_(host.require<eb_http_v1>(EB_EXT_HTTP)),
      auth_host_(host.require<eb_auth_host_v1>(EB_EXT_AUTH_HOST)) {}

eb_status Logins::begin(const eb_auth_callback& callback) {
  if (open_.size() + waiting_.size() >= kMostLogins) return EB_ERR_BUSY;
  Login login;
  login.request = callback.request;
  login.nonce = eb::view(callback.nonce);
  return start(std::move(login), "POST", token_url(settings_), "Content-Type",
               "application/x-www-form-urlencoded;charset=utf-8",
               token_form(settings_, eb::view(callback.code), eb::view(callback.code_verifier),
                          eb::view(callback.redirect_uri)));
}

void Logins::on_done(const eb_op_done& done) {
  const auto at = open_.find(done.op);
  if (at == open_.end()) return;
  Login login = std::move(at->second);
  open_.erase(at);
  switch (login.step) {
    case Step::kToken:
      return on_token(std::move(login), done);
    case Step::kKeys:
      return on_keys(std::move(login), done);
    case Step::kUser:
      return on_user(std::move(login), done);
  }
}

void Logins::on_token(Login login, const eb_op_done& done) {
  auto read = read_token(done);
  if (const auto* ending = std::get_if<Ending>(&read)) return end(login, *ending, "token");
  Granted& granted = std::get<Granted>(read);
  login.access_token = std::move(granted.access_token);
  if (!granted.id_token) return ask_user(std::move(login));
  login.id_token = IdToken::open(*granted.id_token);
  if (!login.id_token) return end(login, Ending::kTokenError, "id_token_form");
  const eb_ts now = host_.now();
  const bool is_known = keys_.find(login.id_token->kid()) != nullptr && !keys_.is_old(now);
  if (is_known) return verify(std::move(login));
  if (reads_keys()) return waiting_.push_back(std::move(login));
  if (!keys_.may_read(now)) return verify(std::move(login));
  keys_.begin_reading(now);
  login.step = Step::kKeys;
  ask(std::move(login), "GET", key_set_url(settings_), "Accept", "application/json", {});
}

// Keys that cannot be read now leave those that are known.
void Logins::on_keys(Login login, const eb_op_done& done) {
  const bool read = is_answered(done, 200) && keys_.replace(body_of(done), host_.now());
  std::vector<Login> waiting = std::exchange(waiting_, {});
  end_or_verify(std::move(login), read);
  for (Login& one : waiting) end_or_verify(std::move(one), read);
}

void Logins::end_or_verify(Login login, bool keys_read) {
  if (!keys_read && keys_.find(login.id_token->kid()) == nullptr) {
    return end(login, Ending::kUnavailable, "keys");
  }
  verify(std::move(login));
}

bool Logins::reads_keys() const {
  return std::any_of(open_.begin(), open_.end(),
                     [](const auto& entry) { return entry.second.step == Step::kKeys; });
}

void Logins::verify(Login login) {
  const Expected expected{settings_.issuer, settings_.client_id, login.nonce, host_.now()};
  login.subject = login.id_token->subject(keys_.find(login.id_token->kid()), expected);
  if (!login.subject) return end(login, Ending::kTokenError, "id_token");
  ask_user(std::move(login));
}

void Logins::ask_user(Login login) {
  login.step = Step::kUser;
  const std::string bearer = "Bearer " + login.access_token;
  ask(std::move(login), "GET", user_url(settings_), "Authorization", bearer, {});
}

void Logins::on_user(Login login, const eb_op_done& done) {
  const auto read = read_user(done);
  if (const auto* ending = std::get_if<Ending>(&read)) return end(login, *ending, "user");
  const auto& id = std::get<std::string>(read);
  if (login.subject && *login.subject != id) return end(login, Ending::kUserError, "other_subject");
  finish(login, id);
}

void Logins::ask(Login login, std::string_view method, const std::string& url,
                 std::string_view header_name, const std::string& header_value,
                 std::string_view body) {
  Login kept;
  kept.request = login.request;
  if (start(std::move(login), method, url, header_name, header_value, body) != EB_OK) {
    end(kept, Ending::kUnavailable, "not_started");
  }
}

eb_status Logins::start(Login login, std::string_view method, const std::string& url,
                        std::string_view header_name, const std::string& header_value,
                        std::string_view body) {
  const eb_field header{eb::str(header_name), eb::str(header_value)};
  eb_http_request request{};
  request.size = sizeof request;
  request.n_headers = 1;
  request.method = eb::str(method);
  request.url = eb::str(url);
  request.headers = &header;
  request.body = {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()};
  request.timeout_ms = kTimeoutMs;
  std::uint64_t op = 0;
  const eb_status status = http_->start(http_->ctx_host, &request, &op);
  if (status == EB_OK) open_.emplace(op, std::move(login));
  return status;
}

void Logins::end(const Login& login, Ending ending, std::string_view why) {
  const std::string_view code = code_of(ending);
  host_.log(EB_LOG_WARN, "login_failed", {{"code", code}, {"at", why}});
  auth_host_->finished(auth_host_->ctx_host, login.request,
                       ending == Ending::kUnavailable ? EB_ERR_IO : EB_ERR_AUTH, eb::str(code),
                       nullptr);
}

void Logins::finish(const Login& login, std::string_view subject) {
  eb_identity identity{};
  identity.size = sizeof identity;
  identity.subject = eb::str(subject);
  auth_host_->finished(auth_host_->ctx_host, login.request, EB_OK, eb::str(""), &identity);
}

}  // namespace everbit::auth_kakao
