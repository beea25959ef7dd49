#include "config/document.h"

#include <limits>
#include <string_view>

#include "config/schema.h"

namespace everbit::config {
namespace {

constexpr std::string_view kPreamble =
    "# Everbit's settings, each with its default. 설정 파일: 모든 키와 기본값.\n"
    "# Unknown keys are refused; `everbit config check` names every mistake with its line.\n"
    "# Secrets do not belong here: DATABASE_URL, REDIS_URL, UPBIT_ACCESS_KEY, UPBIT_SECRET_KEY "
    "come "
    "from\n"
    "# systemd credentials, the environment, or a file named by NAME_FILE (mode 0600).\n"
    "# 비밀값은 여기에 적지 않습니다.\n";

std::string bounds_of(const Key& key) {
  const bool has_least = key.rule.least != std::numeric_limits<std::int64_t>::min();
  const bool has_most = key.rule.most != std::numeric_limits<std::int64_t>::max();
  if (has_least && has_most) {
    return std::to_string(key.rule.least) + " to " + std::to_string(key.rule.most) + ". ";
  }
  return has_least ? "At least " + std::to_string(key.rule.least) + ". " : std::string();
}

std::string notes_of(const Key& key) {
  std::string notes;
  if (const auto* custom = std::get_if<CustomField>(&key.field)) {
    notes.append("Expects ").append(custom->expects).append(". ");
  }
  notes += bounds_of(key);
  notes += key.rule.change == Change::kRunning ? "Acts on reload." : "Acts after a restart.";
  return notes;
}

// `text` as comment lines of at most 100 columns.
void append_comment(std::string& out, std::string_view text) {
  constexpr std::size_t kColumns = 98;
  while (text.size() > kColumns) {
    const std::size_t space = text.rfind(' ', kColumns);
    if (space == std::string_view::npos) break;
    out.append("# ").append(text.substr(0, space)).append("\n");
    text.remove_prefix(space + 1);
  }
  out.append("# ").append(text).append("\n");
}

}  // namespace

std::string settings_document() {
  std::string out(kPreamble);
  std::string_view open_section;
  for (const Key& key : schema()) {
    const std::size_t dot = key.name.find('.');
    const std::string_view section =
        dot == std::string_view::npos ? std::string_view() : key.name.substr(0, dot);
    const std::string_view name =
        dot == std::string_view::npos ? key.name : key.name.substr(dot + 1);
    if (section != open_section) {
      out.append("\n[").append(section).append("]\n");
      open_section = section;
    } else {
      out.append("\n");
    }
    append_comment(out, key.english);
    append_comment(out, key.korean);
    append_comment(out, notes_of(key));
    out.append(name).append(" = ").append(key.fallback).append("\n");
  }
  return out;
}

}  // namespace everbit::config
