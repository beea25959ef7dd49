#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace everbit::config {

// One thing wrong with a settings file. All of them are collected, so that the owner corrects the
// file once. Never holds a secret.
struct ConfigProblem {
  std::string file;
  int line = 0;  // 0: no line, as for a missing secret
  std::string field;
  std::string message;

  bool operator==(const ConfigProblem&) const = default;
};

// "everbit.toml:12: risk.maxOpenMarket: unknown key"
std::string to_string(const ConfigProblem& problem);

// The candidate most like `name`, or empty when none is near enough to be a slip of the hand.
std::string nearest(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace everbit::config
