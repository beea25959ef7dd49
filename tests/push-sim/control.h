#pragma once

#include "push-sim/service.h"

namespace everbit::push_sim {

// The control API (README).
HttpResponse control(Service& service, const HttpRequest& request);

}  // namespace everbit::push_sim
