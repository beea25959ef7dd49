#include "conformance/bus/under_test.h"

namespace everbit::conformance {

const BusUnderTest& bus_under_test() {
  static const BusUnderTest bus{"bus-postgres.so", {}};
  return bus;
}

}  // namespace everbit::conformance
