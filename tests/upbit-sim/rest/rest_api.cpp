#include "upbit-sim/rest/rest_api.h"

#include <fmt/format.h>

#include <utility>

#include "upbit-sim/auth/authenticate.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/net/gzip.h"
#include "upbit-sim/rest/old_bodies.h"

namespace everbit::upbit_sim {
namespace {

constexpr std::size_t kMaxRecords = 100'000;

std::string remaining_text(Group group, int remaining) {
  return fmt::format("group={}; min=1800; sec={}", to_text(group), remaining);
}

bool acts_before(FaultAction action) {
  return action == FaultAction::kCutBefore || action == FaultAction::kHangBefore ||
         action == FaultAction::kRespond;
}

HttpResponse scripted(const Fault& fault) {
  HttpResponse response;
  response.status = fault.status;
  response.body = fault.body.value_or("");
  response.content_type = fault.content_type;
  response.headers = fault.headers;
  return response;
}

// One rendering of a body as k=v&k=v. The documentation is silent on null: left out, or spelt.
std::string query_text(const Json& body, std::optional<std::string_view> null_text) {
  std::string text;
  for (const auto& [name, value] : body.members()) {
    if (value.is_null() && !null_text) continue;
    if (!text.empty()) text += '&';
    text += name + '=';
    if (value.is_null())
      text += *null_text;
    else if (value.is_bool())
      text += value.boolean() ? "true" : "false";
    else
      text += value.text();
  }
  return text;
}

std::string field_of(const std::string& body, std::string_view name) {
  const auto json = Json::parse(body);
  return json ? json->string_at(name).value_or("") : "";
}

}  // namespace

std::vector<std::string> body_query_texts(const Json& body) {
  if (body.members().empty()) return {};
  return {query_text(body, std::nullopt), query_text(body, "null"), query_text(body, "")};
}

HttpResponse too_many_requests(Group group) {
  if (!is_quotation(group)) {
    return exchange_error({429, "too_many_requests", "요청 수 제한을 초과했습니다."});
  }
  HttpResponse response;
  response.status = 429;
  response.body = "Too many API requests.";
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

HttpResponse blocked(Millis blocked_for) {
  const Millis seconds = (blocked_for + 999) / 1000;
  return exchange_error(
      {418, "too_many_requests",
       fmt::format("요청이 차단되었습니다. {}초 후 다시 시도해주세요.", seconds)});
}

RestApi::RestApi(const Clock& clock, Scheduler& scheduler, MarketPlace& markets, Exchange& exchange,
                 KeyRing& keys, RateLimiter& limiter, Faults& faults,
                 std::function<Millis()> monotonic)
    : clock_(clock),
      scheduler_(scheduler),
      quotation_(clock, markets, exchange),
      exchange_(exchange),
      trading_(clock, markets, exchange, keys),
      keys_(keys),
      limiter_(limiter),
      faults_(faults),
      monotonic_(std::move(monotonic)) {}

void RestApi::handle(HttpRequest request, Responder respond) {
  ++requests_;
  if (exchange_.rules().old_bodies) request = with_parameters_in_place(std::move(request));
  const Endpoint* endpoint = find_endpoint(request.method, request.path);
  if (endpoint == nullptr) {
    respond(quotation_error(404, "no Route matched with those values"));
    return;
  }
  const auto fault =
      faults_.match(RestEvent{request.method, request.path, to_text(endpoint->group)});
  const Fault rule = fault.value_or(Fault{});
  if (rule.delay_before == 0) return process(request, *endpoint, rule, std::move(respond));
  scheduler_.after(rule.delay_before, [this, request = std::move(request), endpoint, rule,
                                       respond] { process(request, *endpoint, rule, respond); });
}

void RestApi::process(const HttpRequest& request, const Endpoint& endpoint, const Fault& fault,
                      Responder respond) {
  if (acts_before(fault.action)) {
    record(request, "", nullptr, false);
    if (fault.action == FaultAction::kCutBefore) return respond(std::nullopt);
    if (fault.action == FaultAction::kHangBefore) return;
    Fault within;
    within.delay_within = fault.delay_within;
    return answer(request, endpoint, within, scripted(fault), respond);
  }
  std::string access_key;
  HttpResponse response = serve(request, endpoint, fault.spelling, access_key);
  const bool answered = fault.action == FaultAction::kNone;
  record(request, access_key, &response, answered);
  if (fault.delay_after == 0) return answer(request, endpoint, fault, std::move(response), respond);
  scheduler_.after(fault.delay_after, [this, request, &endpoint, fault, response, respond] {
    answer(request, endpoint, fault, response, respond);
  });
}

void RestApi::answer(const HttpRequest& request, const Endpoint& endpoint, const Fault& fault,
                     HttpResponse response, const Responder& respond) {
  switch (fault.action) {
    case FaultAction::kCutAfter:
      return respond(std::nullopt);
    case FaultAction::kHangAfter:
      return;
    case FaultAction::kRespondAfter: {
      auto headers = std::move(response.headers);
      response = scripted(fault);
      for (auto& header : headers) response.headers.push_back(std::move(header));
      break;
    }
    case FaultAction::kCutWithin:
      response.cut_within = true;
      break;
    case FaultAction::kTruncate:
      response.body.resize(response.body.size() / 2);
      break;
    default:
      break;
  }
  response.pause_within_ms = fault.delay_within;
  response.headers.emplace_back("Date", format_http_date(clock_.now()));
  response.headers.emplace_back("X-Request-Id", fmt::format("sim-{}", requests_));
  const bool wants_gzip = request.header("Accept-Encoding").find("gzip") != std::string_view::npos;
  if (endpoint.is_quotation() && wants_gzip && response.body.size() > 256) {
    response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  respond(std::move(response));
}

HttpResponse RestApi::serve(const HttpRequest& request, const Endpoint& endpoint,
                            const Spelling& spelling, std::string& access_key) {
  return endpoint.is_quotation() ? serve_quotation(request, endpoint, spelling)
                                 : serve_exchange(request, endpoint, spelling, access_key);
}

std::optional<HttpResponse> RestApi::limited(Group group, const std::string& subject,
                                             std::string& remaining_header) {
  const LimitVerdict verdict = limiter_.take(group, subject, monotonic_());
  remaining_header = remaining_text(group, verdict.remaining);
  if (verdict.status == 200) return std::nullopt;
  HttpResponse response =
      verdict.status == 418 ? blocked(verdict.blocked_for) : too_many_requests(group);
  response.headers.emplace_back("Remaining-Req", remaining_header);
  return response;
}

HttpResponse RestApi::serve_quotation(const HttpRequest& request, const Endpoint& endpoint,
                                      const Spelling& spelling) {
  std::string remaining;
  if (!request.header("Origin").empty()) {
    if (auto refused = limited(Group::kOrigin, request.peer, remaining)) return *refused;
  }
  if (auto refused = limited(endpoint.group, request.peer, remaining)) return *refused;
  const auto params = Params::of_query(request.query);
  HttpResponse response =
      !params                ? quotation_error(400, "Invalid parameter. Check the given value!")
      : endpoint.candle_unit ? quotation_.candles(*endpoint.candle_unit, *params, spelling)
                             : (quotation_.*endpoint.quotation)(*params, spelling);
  response.headers.emplace_back("Remaining-Req", remaining);
  return response;
}

HttpResponse RestApi::serve_exchange(const HttpRequest& request, const Endpoint& endpoint,
                                     const Spelling& spelling, std::string& access_key) {
  const bool post = request.method == "POST";
  Json body;
  bool body_broken = false;
  if (!request.body.empty()) {
    if (auto parsed = Json::parse(request.body)) body = std::move(*parsed);
    body_broken = !body.is_object();
  }
  Credentials credentials{request.header("Authorization"), request.peer, {}};
  const auto decoded = percent_decode(request.query);
  if (post && body_broken)
    credentials.query_texts = {request.body};
  else if (post && body.is_object())
    credentials.query_texts = body_query_texts(body);
  if (!request.query.empty()) credentials.query_texts.push_back(decoded.value_or(request.query));

  const auto authenticated = authenticate(keys_, credentials, clock_.now());
  if (const auto* error = std::get_if<ApiError>(&authenticated)) {
    // Nobody's budget is spent, and the header is there as on every answer.
    HttpResponse refused = exchange_error(*error);
    const int all = limiter_.limit(endpoint.group).requests;
    refused.headers.emplace_back("Remaining-Req", remaining_text(endpoint.group, all));
    return refused;
  }
  const ApiKey& key = *std::get<const ApiKey*>(authenticated);
  access_key = key.access_key;
  std::string remaining;
  if (auto refused = limited(endpoint.group, key.account, remaining)) return *refused;

  const auto params = Params::of_query(request.query);
  HttpResponse response;
  if (endpoint.scope && !key.may(*endpoint.scope)) {
    response = exchange_error(out_of_scope());
  } else if (request.method == "DELETE" && !request.body.empty()) {
    response = exchange_error({400, "QUERY_PARAMETER_NOT_SUPPORTED", "잘못된 요청"});
  } else if (!params || body_broken) {
    response = exchange_error(invalid_parameter());
  } else if (post && body.is_object() &&
             !request.header("Content-Type").starts_with("application/json")) {
    response = exchange_error({400, "bad_request", "Content-Type must be application/json"});
  } else {
    Account& account = exchange_.add_account(key.account);
    response = (trading_.*endpoint.trading)(Call{account, key, *params, body, spelling});
  }
  response.headers.emplace_back("Remaining-Req", remaining);
  return response;
}

void RestApi::record(const HttpRequest& request, const std::string& access_key,
                     const HttpResponse* response, bool answered) {
  if (request.method != "POST" || request.path != "/v1/orders") return;
  CreateRecord record;
  record.time = clock_.now();
  record.access_key = access_key;
  record.identifier = field_of(request.body, "identifier");
  record.body = request.body;
  record.answered = answered;
  if (response != nullptr) {
    record.status = response->status;
    const auto json = Json::parse(response->body);
    if (json && response->status == 201) record.uuid = json->string_at("uuid").value_or("");
    const Json* error = json ? json->find("error") : nullptr;
    if (error != nullptr) record.error = error->string_at("name").value_or("");
  }
  creates_.push_back(std::move(record));
  if (creates_.size() > kMaxRecords) creates_.pop_front();
}

}  // namespace everbit::upbit_sim
