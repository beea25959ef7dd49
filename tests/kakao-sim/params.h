#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace everbit::kakao_sim {

// Form or query fields; empty ones count as absent.
using Params = std::map<std::string, std::string>;

// Nothing: a broken escape, or a name that stands there twice.
std::optional<Params> parse_params(std::string_view text);
std::string find(const Params& params, const std::string& name);
std::string percent_encode(std::string_view text);

}  // namespace everbit::kakao_sim
