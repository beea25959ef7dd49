#pragma once

#include <string>
#include <string_view>

namespace everbit::upbit_sim {

std::string gzip(std::string_view data);

}  // namespace everbit::upbit_sim
