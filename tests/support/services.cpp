#include "support/services.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace everbit::test {

std::string service_value(const std::string& service, const std::string& key) {
  const char* folder = std::getenv("EVERBIT_TEST_SERVICES");
  if (folder == nullptr) throw std::runtime_error("EVERBIT_TEST_SERVICES is not set: run by ctest");
  std::ifstream file(std::string(folder) + "/" + service + ".env");
  if (!file) throw std::runtime_error("the test server " + service + " does not run");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + "=")) return line.substr(key.size() + 1);
  }
  throw std::runtime_error(service + ".env has no " + key);
}

}  // namespace everbit::test
