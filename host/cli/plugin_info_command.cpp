#include <iostream>

#include "base/json_writer.h"
#include "cli/command_line.h"
#include "cli/plugin_command.h"
#include "cli/session.h"
#include "cli/text.h"
#include "plugins/loader.h"

namespace everbit::cli {
namespace {

using plugins::Manifest;
using plugins::PluginInfo;

constexpr Help kHelp{"plugin info", "FILE [옵션 · options]",
                     "플러그인 파일이 스스로 밝힌 내용을 읽습니다. 코드는 실행하지 않습니다.\n"
                     "What a plugin file says of itself, and its sha256 for plugins.lock. Nothing "
                     "of it runs."};

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
  return all.empty() ? "-" : all;
}

void write_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

std::optional<std::string> state_schema_of(const Manifest& manifest) {
  if (!manifest.state) return std::nullopt;
  return to_string(*manifest.state);
}

void print_json(const std::string& file, const PluginInfo& info) {
  const Manifest& manifest = info.manifest;
  JsonWriter json;
  json.begin_object()
      .field("file", file)
      .field("sha256", info.sha256)
      .field("buildId", info.build_id)
      .field("kind", plugins::to_string(manifest.kind))
      .field("id", manifest.id)
      .field("version", manifest.version)
      .field("hostLevel", manifest.host_level);
  write_list(json, "required", manifest.required);
  write_list(json, "optional", manifest.optional);
  write_list(json, "draft", manifest.draft);
  json.field("stateSchema", state_schema_of(manifest)).key("reasons").begin_array();
  for (const auto& reason : manifest.reasons) {
    json.begin_object().field("number", reason.number).field("code", reason.code).end_object();
  }
  json.end_array().field("database", manifest.database).end_object();
  std::cout << json.str() << '\n';
}

void print_text(const std::string& file, const PluginInfo& info) {
  const Manifest& manifest = info.manifest;
  std::ostream& out = std::cout;
  print_field(out, "파일 File", file);
  print_field(out, "종류 Kind", plugins::to_string(manifest.kind));
  print_field(out, "이름 Id", manifest.id);
  print_field(out, "버전 Version", manifest.version);
  print_field(out, "sha256", info.sha256);
  print_field(out, "빌드 Build id", info.build_id);
  print_field(out, "호스트 수준 Host level", std::to_string(manifest.host_level));
  print_field(out, "필수 확장 Required", joined(manifest.required));
  print_field(out, "선택 확장 Optional", joined(manifest.optional));
  print_field(out, "초안 확장 Draft", joined(manifest.draft));
  print_field(out, "상태 형식 State schema", state_schema_of(manifest).value_or("-"));
  if (manifest.database) {
    print_field(out, "데이터베이스 Database", std::to_string(*manifest.database));
  }
  for (const auto& reason : manifest.reasons) {
    print_field(out, "사유 Reason " + std::to_string(reason.number), reason.code);
  }
}

}  // namespace

int plugin_info(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNone);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().empty()) return line.refuse("FILE is missing");
  const std::string& file = line.words()[0];
  const auto info = plugins::Loader(plugins::LoaderOptions{}).inspect(file);
  if (!info) return fail(line, info.error());
  (line.json() ? print_json : print_text)(file, *info);
  return kOk;
}

}  // namespace everbit::cli
