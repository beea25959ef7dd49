#include "kakao-sim/params.h"

#include "upbit-sim/base/text.h"

namespace everbit::kakao_sim {

std::optional<Params> parse_params(std::string_view text) {
  Params params;
  for (const std::string& pair : upbit_sim::split(text, '&')) {
    const auto equals = pair.find('=');
    const auto name = upbit_sim::percent_decode(pair.substr(0, equals));
    const auto value = upbit_sim::percent_decode(equals == std::string::npos
                                                     ? std::string_view()
                                                     : std::string_view(pair).substr(equals + 1));
    if (!name || !value || params.contains(*name)) return std::nullopt;
    params[*name] = *value;
  }
  std::erase_if(params, [](const auto& param) { return param.second.empty(); });
  return params;
}

std::string find(const Params& params, const std::string& name) {
  const auto at = params.find(name);
  return at == params.end() ? std::string() : at->second;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

}  // namespace everbit::kakao_sim
