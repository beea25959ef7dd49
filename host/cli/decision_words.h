#pragma once

#include <string>
#include <string_view>

namespace everbit::cli {

// A code in words for the owner, Korean first, English beside; an unknown one stands for itself.
struct Words {
  std::string_view ko;
  std::string_view en;
};
// Of a reason, a refusal, a regime or a state.
Words words_of_code(std::string_view code);
// Of a condition: what is compared.
Words words_of_check(std::string_view name);

}  // namespace everbit::cli
