#include "trading/intent/order_request.h"

#include "base/json_writer.h"

namespace everbit::trading {

OrderRequest entry_request(std::string_view market, Decimal krw, std::string_view identifier) {
  return {{"market", std::string(market)},
          {"side", "bid"},
          {"ord_type", "best"},
          {"price", krw.to_string()},
          {"time_in_force", "fok"},
          {"smp_type", "cancel_taker"},
          {"identifier", std::string(identifier)}};
}

OrderRequest exit_request(IntentType type, std::string_view market, Decimal volume,
                          std::string_view identifier) {
  const bool at_best = type == IntentType::kExitTp || type == IntentType::kExitTrail;
  OrderRequest request{{"market", std::string(market)},
                       {"side", "ask"},
                       {"ord_type", at_best ? "best" : "market"},
                       {"volume", volume.to_string()}};
  if (at_best) request.emplace_back("time_in_force", "ioc");
  request.emplace_back("smp_type", "none");
  request.emplace_back("identifier", identifier);
  return request;
}

std::string to_json(const OrderRequest& request) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [key, value] : request) json.field(key, value);
  json.end_object();
  return json.take();
}

std::string make_identifier(std::string_view installation_tag, const Uuid& attempt) {
  std::string identifier = "eb-";
  identifier.append(installation_tag).append("-").append(attempt.to_string());
  return identifier;
}

}  // namespace everbit::trading
