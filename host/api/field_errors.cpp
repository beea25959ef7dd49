#include "api/field_errors.h"

#include "base/json_writer.h"
#include "http/error_body.h"

namespace everbit::api {
namespace {

constexpr http::ErrorText kInvalid{400, "BAD_REQUEST", "VALIDATION_FAILED",
                                   "요청의 값이 올바르지 않습니다."};

}  // namespace

void FieldErrors::add(std::string field, std::string_view reason) {
  all_.push_back({std::move(field), std::string(reason)});
}

std::optional<http::Response> FieldErrors::answer() const {
  if (all_.empty()) return std::nullopt;
  JsonWriter json;
  json.begin_object().key("fields").begin_array();
  for (const One& one : all_) {
    json.begin_object().field("field", one.field).field("reason", one.reason).end_object();
  }
  json.end_array().end_object();
  return http::error_response(kInvalid, json.str());
}

}  // namespace everbit::api
