#include "notify/deep_link.h"

#include <algorithm>
#include <optional>
#include <string>

namespace everbit::notify {
namespace {

constexpr std::size_t kLongest = 512;
constexpr int kMostDecodings = 4;

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Empty: a '%' that begins no escape.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

bool is_plain_path(std::string_view text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && c != '\\';
  });
  return clean && text.starts_with('/') && !text.starts_with("//");
}

}  // namespace

bool is_deep_link(std::string_view text) {
  if (text.size() > kLongest) return false;
  std::string now(text);
  for (int i = 0; i < kMostDecodings; ++i) {
    if (!is_plain_path(now)) return false;
    auto next = percent_decoded(now);
    if (!next) return false;
    if (*next == now) return true;
    now = std::move(*next);
  }
  return false;
}

}  // namespace everbit::notify
