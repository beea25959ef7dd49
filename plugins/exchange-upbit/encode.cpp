#include "exchange-upbit/encode.h"

#include <algorithm>
#include <array>
#include <span>

#include "exchange-upbit/calls.h"
#include "exchange-upbit/jwt.h"
#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

// The value of each part of a call, by its position; empty: not given.
using Values = std::array<std::string_view, kMaxParts>;

Failure gather(const Call& call, std::span<const eb_field> params, Values& values) {
  for (const eb_field& param : params) {
    const std::string_view name = view(param.key);
    const auto part = std::find_if(call.parts.begin(), call.parts.end(), [name](const Part& p) {
      return p.presence != Presence::kFixed && p.name == name;
    });
    if (part == call.parts.end()) return bad_field(name.substr(0, 64), "unknown");
    std::string_view& value = values[static_cast<std::size_t>(part - call.parts.begin())];
    if (!value.empty()) return bad_field(name, "given twice");
    value = view(param.value);
    if (!is_valid(*part, value)) return bad_field(name, "malformed");
  }
  return {};
}

Failure check_complete(const Call& call, Values& values) {
  int alternatives = 0;
  int chosen = 0;
  for (std::size_t i = 0; i < call.parts.size(); ++i) {
    const Part& part = call.parts[i];
    const bool given = !values[i].empty();
    if (part.presence == Presence::kFixed) values[i] = part.fixed;
    if (part.presence == Presence::kOneOf) {
      ++alternatives;
      chosen += given ? 1 : 0;
    }
    if ((part.presence == Presence::kRequired || part.presence == Presence::kPath) && !given) {
      return bad_field(part.name, "missing");
    }
  }
  if (alternatives != 0 && chosen != 1) return bad_field("uuid", "give it or identifier");
  return {};
}

enum class Need { kForbidden, kOptional, kRequired };

Failure check_need(std::string_view name, std::string_view value, Need need) {
  if (need == Need::kRequired && value.empty()) return bad_field(name, "missing");
  if (need == Need::kForbidden && !value.empty()) {
    return bad_field(name, "not with this order type");
  }
  return {};
}

// The combinations of reference §4.4. A wrong one would be refused by the exchange, after it has
// burned the identifier.
Failure check_order(const Values& values) {
  enum { kMarket, kSide, kType, kVolume, kPrice, kTimeInForce, kSelfMatch };
  const std::string_view type = values[kType];
  const bool buys = values[kSide] == "bid";
  if ((type == "price" && !buys) || (type == "market" && buys)) {
    return bad_field("ord_type", "not for this side");
  }
  const bool by_amount = type == "price" || (type == "best" && buys);
  const bool limit = type == "limit";
  if (auto f =
          check_need("volume", values[kVolume], by_amount ? Need::kForbidden : Need::kRequired)) {
    return f;
  }
  const bool priced = limit || by_amount;
  if (auto f = check_need("price", values[kPrice], priced ? Need::kRequired : Need::kForbidden)) {
    return f;
  }
  const std::string_view tif = values[kTimeInForce];
  const Need tif_need = limit            ? Need::kOptional
                        : type == "best" ? Need::kRequired
                                         : Need::kForbidden;
  if (auto f = check_need("time_in_force", tif, tif_need)) return f;
  if (tif == "post_only" && !limit) return bad_field("time_in_force", "post_only is for limit");
  const std::string_view self_match = values[kSelfMatch];
  if (tif == "post_only" && !self_match.empty() && self_match != "none") {
    return bad_field("smp_type", "not with post_only");
  }
  return {};
}

// The three spellings of the same parts: for the hash, for the URL, for the body.
struct Texts {
  std::string plain;
  std::string encoded;
  std::string json = "{";
};

Texts write(const Call& call, const Values& values) {
  Texts texts;
  for (std::size_t i = 0; i < call.parts.size(); ++i) {
    const std::string_view name = call.parts[i].name;
    if (values[i].empty() || call.parts[i].presence == Presence::kPath) continue;
    if (!texts.plain.empty()) {
      texts.plain.push_back('&');
      texts.encoded.push_back('&');
      texts.json.push_back(',');
    }
    texts.plain.append(name).append("=").append(values[i]);
    texts.encoded.append(name).append("=");
    append_percent_encoded(texts.encoded, values[i]);
    texts.json.append("\"").append(name).append("\":\"").append(values[i]).append("\"");
  }
  texts.json.push_back('}');
  return texts;
}

std::string target_of(const Call& call, const Values& values, const std::string& query) {
  std::string target(call.path);
  if (call.op == EB_OP_CANDLES) {
    std::int64_t seconds = 0;
    parse_whole(values[0], 604800, seconds);
    target.append(candle_path(seconds));
  }
  if (!call.json_body && !query.empty()) target.append("?").append(query);
  return target;
}

}  // namespace

Failure check_credentials(const eb_credentials* credentials, eb_str nonce) {
  if (credentials == nullptr || !EB_HAS(credentials, secret_key)) {
    return bad_field("credentials", "missing");
  }
  const std::string_view access_key = view(credentials->access_key);
  if (!is_plain(access_key) || access_key.size() > kMaxAccessKey) {
    return bad_field("access_key", "malformed");
  }
  if (credentials->secret_key.len == 0 || credentials->secret_key.len > 4096) {
    return bad_field("secret_key", "malformed");
  }
  if (!is_plain(view(nonce)) || nonce.len > kMaxNonce) return bad_field("nonce", "malformed");
  return {};
}

Failure encode(const eb_exchange_call& asked, const eb_request_sink& sink) {
  const Call* const call = find_call(asked.op);
  if (call == nullptr) return {EB_ERR_UNSUPPORTED, "Upbit has no such call"};
  Values values{};
  const std::span<const eb_field> params(asked.params, asked.n_params);
  if (auto failure = gather(*call, params, values)) return failure;
  if (auto failure = check_complete(*call, values)) return failure;
  if (asked.op == EB_OP_ORDER_CREATE || asked.op == EB_OP_ORDER_TEST) {
    if (auto failure = check_order(values)) return failure;
  }

  const Texts texts = write(*call, values);
  const std::string target = target_of(*call, values, texts.encoded);
  WipedText bearer(kMaxBearer);
  std::array<eb_field, 2> headers{};
  std::uint32_t n_headers = 0;
  if (call->scope == EB_SCOPE_EXCHANGE) {
    if (auto failure = check_credentials(asked.credentials, asked.nonce)) return failure;
    if (!append_bearer(bearer, view(asked.credentials->access_key),
                       view(asked.credentials->secret_key), view(asked.nonce), texts.plain)) {
      return {EB_ERR_INTERNAL, "libcrypto cannot sign"};
    }
    headers[n_headers++] = {borrow("Authorization"), borrow(bearer.text)};
  }
  if (call->json_body) {
    headers[n_headers++] = {borrow("Content-Type"), borrow("application/json; charset=utf-8")};
  }

  eb_exchange_request request{};
  request.size = sizeof request;
  request.effect = call->effect;
  request.scope = call->scope;
  request.n_headers = n_headers;
  request.group = borrow(call->group);
  request.method = borrow(call->method);
  request.target = borrow(target);
  request.headers = headers.data();
  if (call->json_body) {
    request.body = {reinterpret_cast<const std::uint8_t*>(texts.json.data()), texts.json.size()};
  }
  return {sink.request(sink.ctx_host, &request)};
}

}  // namespace everbit::exchange_upbit
