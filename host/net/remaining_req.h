#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace everbit::net {

// What Upbit's Remaining-Req header says: "group=default; min=1800; sec=29". `min` is filler.
struct RemainingReq {
  std::string group;  // may be empty; spelled in more than one way, so nothing depends on it
  int sec = 0;        // requests left now
};

// Tolerates any order, case, spacing and unknown parts; without a readable `sec` there is nothing
// to read.
[[nodiscard]] std::optional<RemainingReq> parse_remaining_req(std::string_view text);

}  // namespace everbit::net
