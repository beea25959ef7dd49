#pragma once

#include <string>
#include <string_view>

namespace everbit::upbit_sim {

std::string sha512(std::string_view data);  // 64 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view data);
std::string hmac_sha512(std::string_view key, std::string_view data);
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace everbit::upbit_sim
