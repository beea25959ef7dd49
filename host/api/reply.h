#pragma once

#include <string>

#include "base/json_writer.h"
#include "http/message.h"

namespace everbit::api {

// JSON text as an answer.
inline http::Response reply(std::string body, unsigned status = 200) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// Anything that has a write_json() of its own, as an answer.
template <class T>
http::Response reply_with(const T& item, unsigned status = 200) {
  JsonWriter json;
  write_json(json, item);
  return reply(json.take(), status);
}

}  // namespace everbit::api
