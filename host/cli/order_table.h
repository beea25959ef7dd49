#pragma once

#include <iosfwd>
#include <vector>

#include "api/order_list.h"

namespace everbit::cli {

// A table for people.
void print(std::ostream& out, const std::vector<api::OrderItem>& orders);

}  // namespace everbit::cli
