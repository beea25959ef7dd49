#include "exchange-upbit/decode.h"

#include <optional>

#include "exchange-upbit/accounts.h"
#include "exchange-upbit/calls.h"
#include "exchange-upbit/error_body.h"
#include "exchange-upbit/market_data.h"
#include "exchange-upbit/orders.h"
#include "exchange-upbit/rate_left.h"
#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

// "anything" reads the probe's answer: any JSON object, of which nothing is taken.
bool read_anything(json::object& object, const Values&, Collected&) {
  constexpr std::array<FieldSpec, 1> kSpecs{{{"error"}}};
  std::array<Token, 1> t{};
  return read_fields(object, kSpecs, t) && !t[0].seen;
}

using Reader = bool (*)(json::object&, const Values&, Collected&);

struct Shape {
  bool is_list;
  Reader read;
};

Shape shape_of(std::int32_t op) {
  switch (op) {
    case EB_OP_MARKETS:
      return {true, &read_market};
    case EB_OP_CANDLES:
      return {true, &read_rest_candle};
    case EB_OP_TICKER:
      return {true, &read_ticker};
    case EB_OP_INSTRUMENTS:
      return {true, &read_instrument};
    case EB_OP_ORDER_BOOK:
      return {true, &read_book};
    case EB_OP_ACCOUNTS:
      return {true, &read_rest_account};
    case EB_OP_CHANCE:
      return {false, &read_chance};
    case EB_OP_ORDERS_OPEN:
    case EB_OP_ORDERS_CLOSED:
      return {true, &read_rest_order};
    case EB_OP_API_KEYS:
      return {true, &read_api_key};
    case EB_OP_WITHDRAW_PROBE:
      return {false, &read_anything};
    default:
      return {false, &read_rest_order};
  }
}

bool start(Scratch& scratch, std::string_view body, json::document& document) {
  return body.size() <= kMaxMessage && !body.empty() &&
         scratch.parser.iterate(scratch.copy(body)).get(document) == simdjson::SUCCESS;
}

bool read_result(const Shape& shape, std::string_view body, const Values& values,
                 Scratch& scratch) {
  json::document document;
  if (!start(scratch, body, document)) return false;
  const auto read = [&](json::object& object) {
    return shape.read(object, values, scratch.collected);
  };
  if (shape.is_list) return read_objects(document, read) && at_end(document);
  json::object object;
  return document.get_object().get(object) == simdjson::SUCCESS && read(object) && at_end(document);
}

std::optional<ErrorBody> read_error_body(std::string_view body, Scratch& scratch) {
  json::document document;
  json::object object;
  if (!start(scratch, body, document) || document.get_object().get(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  auto error = read_error(object);
  if (!at_end(document)) return std::nullopt;
  return error;
}

// A readable refusal, status 4xx other than 418 and 429 (specification page 10, "The call").
std::int32_t meaning_of_refusal(int status, const ErrorBody& error, bool is_quotation) {
  if (error.numeric) {
    // Only the quotation API names its errors with numbers. From the other one such a body says
    // nothing about an order.
    if (!is_quotation) return EB_ANSWER_UNKNOWN;
    return status == 404 ? EB_ANSWER_NOT_FOUND : EB_ANSWER_REJECTED;
  }
  if (error.name == "duplicated_identifier") return EB_ANSWER_DUPLICATE_IDENTIFIER;
  if (status == 401 || (status == 403 && error.name == "out_of_scope")) return EB_ANSWER_AUTH;
  if (status == 404 && error.name == "order_not_found") return EB_ANSWER_NOT_FOUND;
  if (error.name == "market_offline") return EB_ANSWER_OFFLINE;
  return EB_ANSWER_REJECTED;
}

// Judged by status and error body alone; the name is told whenever it was readable.
eb_answer refusal(const eb_exchange_answer& from, Scratch& scratch) {
  auto answer = make<eb_answer>();
  answer.meaning = EB_ANSWER_UNKNOWN;
  const auto error = read_error_body(view(from.body), scratch);
  if (error) {
    answer.name = borrow(error->name);
    answer.message = borrow(error->message);
  }
  if (from.http_status == 429) {
    answer.meaning = EB_ANSWER_RATE_LIMITED;
  } else if (from.http_status == 418) {
    answer.meaning = EB_ANSWER_BLOCKED;
    answer.blocked_s = error ? seconds_in(error->message) : 0;
  } else if (from.http_status >= 400 && from.http_status < 500 && error) {
    const Call* const call = find_call(from.op);
    answer.meaning = meaning_of_refusal(from.http_status, *error,
                                        call != nullptr && call->scope == EB_SCOPE_QUOTATION);
  }
  return answer;
}

}  // namespace

eb_status decode(const eb_exchange_answer& from, const eb_decimal_v1* decimal, Scratch& scratch,
                 const eb_exchange_sink& sink) {
  if (find_call(from.op) == nullptr) return EB_ERR_UNSUPPORTED;
  scratch.collected.clear();
  if (const auto left = read_rate_left({from.headers, from.n_headers})) {
    if (const eb_status status = emit(*left, sink); status != EB_OK) return status;
  }
  if (from.http_status < 200 || from.http_status > 299) return emit(refusal(from, scratch), sink);

  auto answer = make<eb_answer>();
  if (read_result(shape_of(from.op), view(from.body), Values(decimal), scratch)) {
    answer.meaning = EB_ANSWER_OK;
    if (const eb_status status = emit(scratch.collected, sink); status != EB_OK) return status;
  } else {
    answer.meaning = EB_ANSWER_UNKNOWN;
    answer.message = borrow("a successful status, but no readable result");
  }
  return emit(answer, sink);
}

}  // namespace everbit::exchange_upbit
