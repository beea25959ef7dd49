#pragma once

#include <optional>
#include <string_view>

#include "upbit-sim/auth/keys.h"
#include "upbit-sim/rest/limiter.h"
#include "upbit-sim/rest/quotation.h"
#include "upbit-sim/rest/trading.h"

namespace everbit::upbit_sim {

// One call of the API: where it is, what it costs and who may make it. Exactly one handler is set.
struct Endpoint {
  std::string_view method;
  std::string_view path;
  Group group = Group::kDefault;
  std::optional<Scope> scope;  // exchange calls; nullopt: any valid key
  HttpResponse (Quotation::*quotation)(const Params&, const Spelling&) const = nullptr;
  std::optional<Unit> candle_unit;
  HttpResponse (Trading::*trading)(const Call&) = nullptr;

  bool is_quotation() const { return trading == nullptr; }
};

const Endpoint* find_endpoint(std::string_view method, std::string_view path);

}  // namespace everbit::upbit_sim
