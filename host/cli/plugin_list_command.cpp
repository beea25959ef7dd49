#include <iostream>
#include <set>

#include "base/json_writer.h"
#include "cli/command_line.h"
#include "cli/plugin_command.h"
#include "cli/session.h"
#include "cli/text.h"
#include "config/plugins_lock.h"
#include "plugins/certificate.h"
#include "plugins/listed_plugins.h"
#include "plugins/loader.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{
    "plugin list", "[옵션 · options]",
    "plugins.lock이 허용한 파일, plugins.dir에 있는 파일, 그리고 활성 전략.\n"
    "What plugins.lock allows, what lies in plugins.dir, and which strategies are active.\n"
    "데이터베이스에 연결할 수 없으면 active는 알 수 없음 · without the database active is "
    "unknown."};

constexpr store::Sql kActive{"SELECT sha256 FROM strategy_activation"};

// More files than this are nobody's plugins.
constexpr std::size_t kMostFiles = 1024;

struct Item {
  std::string kind;
  std::string name;
  std::optional<std::string> version;  // known from the file alone
  std::string sha256;
  bool listed = false;   // plugins.lock names it: it may be loaded
  bool present = false;  // the file lies in plugins.dir
  std::optional<bool> active;
  std::optional<bool> certified;       // of a strategy: REAL mode would run it
  std::optional<std::string> problem;  // why the file cannot be read
};

void look_into(const std::filesystem::path& file, Item& item) {
  item.present = true;
  const auto info = plugins::Loader(plugins::LoaderOptions{}).inspect(file);
  if (!info) {
    item.problem = to_string(info.error());
    return;
  }
  if (info->sha256 != item.sha256) item.problem = "the content is not what the name says";
  item.version = info->manifest.version;
  if (item.listed) return;
  item.kind = plugins::to_string(info->manifest.kind);
  item.name = info->manifest.id;
}

// "<sha256>.so" -> "<sha256>"; empty for any other name.
std::string sha256_of_name(const std::filesystem::path& file) {
  const std::string stem = file.stem().string();
  const bool is_hash =
      stem.size() == 64 && stem.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_hash && file.extension() == ".so" ? stem : "";
}

std::vector<Item> items_of(const config::PluginsLock& lock, const std::filesystem::path& dir) {
  std::vector<Item> items;
  for (const config::LockedPlugin& plugin : lock.plugins()) {
    Item item{plugin.kind, plugin.id, {}, plugin.sha256, true, false, {}, {}, {}};
    const auto file = dir / (plugin.sha256 + ".so");
    std::error_code failed;
    if (std::filesystem::exists(file, failed)) look_into(file, item);
    items.push_back(std::move(item));
  }
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(dir, failed)) {
    const std::string sha256 = sha256_of_name(entry.path());
    if (sha256.empty() || lock.find_sha256(sha256) != nullptr) continue;
    if (items.size() == kMostFiles) break;
    Item item{"", "", {}, sha256, false, false, {}, {}, {}};
    look_into(entry.path(), item);
    items.push_back(std::move(item));
  }
  return items;
}

// Nothing when the database does not answer.
std::optional<std::set<std::string>> active_of(const config::Settings& settings) {
  const auto rows = make_pool(settings)->exec(command_deadline(), kActive);
  if (!rows) {
    std::cerr << "활성 여부를 알 수 없음 · active is unknown: " << to_string(rows.error()) << '\n';
    return std::nullopt;
  }
  std::set<std::string> hashes;
  for (const store::Row row : *rows) hashes.insert(row.get<std::string>(0));
  return hashes;
}

void print_json(const std::vector<Item>& items) {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const Item& item : items) {
    json.begin_object()
        .field("kind", item.kind)
        .field("name", item.name)
        .field("version", item.version)
        .field("sha256", item.sha256)
        .field("listed", item.listed)
        .field("present", item.present)
        .field("active", item.active)
        .field("problem", item.problem)
        .field("certified", item.certified)
        .end_object();
  }
  std::cout << json.end_array().end_object().str() << '\n';
}

std::string word(std::optional<bool> flag) {
  if (!flag) return "?";
  return *flag ? "예 yes" : "아니오 no";
}

void print_text(const std::vector<Item>& items) {
  std::vector<std::vector<std::string>> rows;
  for (const Item& item : items) {
    rows.push_back({item.kind, item.name, item.version.value_or("-"), item.sha256.substr(0, 12),
                    word(item.listed), word(item.present), word(item.active),
                    item.certified ? word(item.certified) : "-", item.problem.value_or("")});
  }
  print_table(std::cout,
              {"종류 Kind", "이름 Id", "버전 Version", "sha256", "허용 Listed", "파일 File",
               "활성 Active", "인증 Certified", ""},
              rows);
}

}  // namespace

int plugin_list(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments)) return *code;
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto loaded = config::PluginsLock::load(settings->plugins.lock);
  for (const auto& problem : loaded.problems) std::cerr << to_string(problem) << '\n';
  if (!loaded.problems.empty()) return kFailed;
  auto items = items_of(loaded.lock, settings->plugins.dir);
  if (const auto active = active_of(*settings)) {
    for (Item& item : items) item.active = active->contains(item.sha256);
  }
  const auto owner = plugins::owner_of(settings->plugins);
  for (Item& item : items) {
    if (item.kind != "strategy") continue;
    item.certified =
        plugins::require_certificate(settings->plugins.dir, item.sha256, owner).has_value();
  }
  (line.json() ? print_json : print_text)(items);
  return kOk;
}

}  // namespace everbit::cli
