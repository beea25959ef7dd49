#include "cli/text.h"

#include <algorithm>
#include <ostream>

namespace everbit::cli {
namespace {

std::string spaces(std::size_t count) { return std::string(count, ' '); }

void print_row(std::ostream& out, const std::vector<std::string>& cells,
               const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += "  " + cells[i];
    if (i + 1 < cells.size()) line += spaces(widths[i] - columns(cells[i]));
  }
  out << line << '\n';
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0xc0) width += byte < 0x80 ? 1 : 0;
    if (byte >= 0xc0) width += byte >= 0xe3 ? 2 : 1;
  }
  return width;
}

void print_field(std::ostream& out, std::string_view label, std::string_view value) {
  constexpr std::size_t kLabel = 36;
  const std::size_t used = columns(label);
  out << "  " << label << spaces(used < kLabel ? kLabel - used : 1) << value << '\n';
}

void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::string& cell : header) widths.push_back(columns(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  print_row(out, header, widths);
  for (const auto& row : rows) print_row(out, row, widths);
}

}  // namespace everbit::cli
