#include "trading/control/state_folder.h"

#include <simdjson.h>

#include "base/files.h"
#include "base/json_writer.h"

namespace everbit::trading {
namespace {

constexpr std::size_t kMostBytes = 16 * 1024;
// No secret is in it, and the owner's tools may run under another user than the daemon.
constexpr unsigned kMode = 0644;

std::optional<AccountPosition> position_of(std::string_view text) {
  for (const auto position :
       {AccountPosition::kOn, AccountPosition::kExitsOnly, AccountPosition::kOff}) {
    if (to_string(position) == text) return position;
  }
  return std::nullopt;
}

StateFile read_object(const simdjson::dom::element& json) {
  StateFile file;
  const auto position = position_of(json["position"].get_string().value());
  if (!position) throw std::runtime_error("no position");
  file.restriction.position = *position;
  for (const auto key : json["strategiesOff"].get_array()) {
    file.restriction.strategies_off.emplace_back(key.get_string().value());
  }
  file.stored = json["stored"].get_bool().value();
  const auto changed_at = Timestamp::parse(json["changedAt"].get_string().value());
  if (!changed_at) throw std::runtime_error("no time");
  file.changed_at = *changed_at;
  file.changed_by = json["changedBy"].get_string().value();
  file.reason_code = json["reasonCode"].get_string().value();
  return file;
}

}  // namespace

std::string to_json(const StateFile& file) {
  JsonWriter json;
  json.begin_object()
      .field("position", to_string(file.restriction.position))
      .key("strategiesOff")
      .begin_array();
  for (const std::string& key : file.restriction.strategies_off) json.value(key);
  json.end_array()
      .field("stored", file.stored)
      .field("changedAt", file.changed_at.to_iso_us())
      .field("changedBy", file.changed_by)
      .field("reasonCode", file.reason_code)
      .end_object();
  return json.take() + "\n";
}

std::optional<StateFile> parse_state_file(const std::string& text) {
  try {
    simdjson::dom::parser parser;
    return read_object(parser.parse(text));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool StateFolder::has_owner_file() const {
  std::error_code unknown;
  return std::filesystem::symlink_status(owner_file(), unknown).type() !=
         std::filesystem::file_type::not_found;
}

SwitchFiles StateFolder::read() const {
  SwitchFiles files;
  files.owner_file = has_owner_file();
  const auto text = read_file(state_file(), kMostBytes);
  if (text) files.state = parse_state_file(*text);
  files.state_unreadable = text ? !files.state : text.error().code != "FILE_NOT_FOUND";
  return files;
}

Result<void> StateFolder::write(const StateFile& file) const {
  return write_file_atomic(state_file(), to_json(file), kMode);
}

}  // namespace everbit::trading
