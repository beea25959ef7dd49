#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace everbit::cli {

// The columns of a terminal that a text takes: Korean letters take two.
std::size_t columns(std::string_view text);

// "  label          value"
void print_field(std::ostream& out, std::string_view label, std::string_view value);

// Rows under a header, each column as wide as its widest cell. Every row has as many cells as the
// header.
void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows);

}  // namespace everbit::cli
