#pragma once

#include "upbit-sim/net/http.h"

namespace everbit::upbit_sim {

// What clients sent before the exchange asked for JSON (POST) and for query strings (GET, DELETE),
// said as it asks for it now: a form becomes a JSON object, parameters in the body of a GET or
// DELETE become its query. What is neither stays as it is.
HttpRequest with_parameters_in_place(HttpRequest request);

}  // namespace everbit::upbit_sim
