#include "api/reconcile_json.h"

#include <simdjson.h>

#include "api/json_reading.h"
#include "base/json_writer.h"

namespace everbit::api {

std::string accepted_json(const Uuid& job) {
  JsonWriter json;
  json.begin_object()
      .field("jobId", job)
      .field("status", "ACCEPTED")
      .field("message", "업비트와 대조를 시작합니다.")
      .end_object();
  return json.take();
}

std::optional<Uuid> parse_job(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    const simdjson::dom::element whole = parser.parse(simdjson::padded_string(json));
    return required<Uuid>(whole["jobId"]);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace everbit::api
