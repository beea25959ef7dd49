#pragma once

#include <string>

namespace everbit::test {

// One value of <EVERBIT_TEST_SERVICES>/<service>.env, written by the fixture's start script:
// service_value("redis", "REDIS_URL"). Throws std::runtime_error when the fixture does not run.
std::string service_value(const std::string& service, const std::string& key);

}  // namespace everbit::test
