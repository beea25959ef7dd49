#include "api/status_endpoint.h"

#include "api/failure.h"
#include "api/status_report.h"

namespace everbit::api {
namespace {

constexpr std::chrono::seconds kPatience{3};

}  // namespace

void add_status_endpoint(Router& router, store::Pool& pool, trading::KillSwitch& kill_switch,
                         std::string mode) {
  router.add("GET", "status", [&pool, &kill_switch, own_mode = std::move(mode)](const Call&) {
    const auto report = read_status(pool, own_mode, kill_switch.view(), Deadline::after(kPatience));
    if (!report) return failure(report.error());
    JsonWriter json;
    json.begin_object().field("mode", report->mode);
    write_fields(json, *report);
    json.end_object();
    http::Response response;
    response.body = json.take();
    return response;
  });
}

}  // namespace everbit::api
