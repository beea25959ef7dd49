#include "integration/daemon/daemon.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <thread>

#include "base/random.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::string_view kStrategy = "kr.everbit.extreme-flip";
constexpr std::string_view kExchange = "kr.everbit.exchange-upbit";
constexpr std::string_view kBus = "kr.everbit.bus-postgres";

fs::path build_folder() {
  const char* folder = std::getenv("EVERBIT_BUILD_DIR");
  if (folder == nullptr) throw std::runtime_error("EVERBIT_BUILD_DIR is not set; use ctest");
  return folder;
}

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "everbit-daemon-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp: " + name);
  return name;
}

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_all(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string sha256_of(const std::string& bytes) {
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return to_hex(digest);
}

// The lines of the log have no nested values.
std::string newest_line(const std::string& output, std::string_view event) {
  const auto at = output.rfind("\"event\":\"" + std::string(event) + "\"");
  if (at == std::string::npos) return {};
  const auto start = output.rfind('\n', at) + 1;
  return output.substr(start, output.find('\n', at) - start);
}

}  // namespace

bool eventually(const std::function<bool()>& holds, seconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

bool Daemon::has_logged(std::string_view event) const {
  return !newest_line(output(), event).empty();
}

bool Daemon::wait_for_log(std::string_view event) {
  return eventually([&] { return has_logged(event) || !is_running(); }) && has_logged(event);
}

std::string Daemon::log_field(std::string_view event, std::string_view key) const {
  const std::string line = newest_line(output(), event);
  const std::regex field("\"" + std::string(key) + "\":\"?([^\",}]*)");
  std::smatch found;
  return std::regex_search(line, found, field) ? found[1].str() : "";
}

int Daemon::ops_port() {
  if (!wait_for_log("ops_listening")) return 0;
  return std::atoi(log_field("ops_listening", "port").c_str());
}

bool Daemon::wait_ready() {
  const int port = ops_port();
  const auto ready = [&] { return http_get(port, "/health/ready").status == 200; };
  return eventually([&] { return !is_running() || ready(); }) && is_running();
}

DaemonTest::DaemonTest(TestDatabase::Schema schema)
    : folder_(make_folder()), settings_file_(folder_ / "everbit.toml"), database_(schema) {
  fs::create_directory(folder_ / "plugins");
  fs::create_directory(folder_ / "data");
  install(kStrategy, "strategy", "plugins/strategy-extreme-flip.so");
  install(kExchange, "exchange", "plugins/exchange-upbit.so");
  install(kBus, "event_bus", "plugins/bus-postgres.so");
  write_settings();
  environment_ = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
  for (const char* name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment_[name] = value;
  }
  // The server trusts everybody; the password is there to be looked for.
  environment_["DATABASE_URL"] = "postgresql://everbit:" + std::string(kPassword) +
                                 "@127.0.0.1:" + std::to_string(database_.port()) + "/" +
                                 database_.name();
  environment_["UPBIT_ACCESS_KEY"] = kAccessKey;
  const fs::path secret = folder_ / "secret-key";
  write_all(secret, std::string(kSecretKey) + "\n");
  fs::permissions(secret, fs::perms::owner_read);
  environment_["UPBIT_SECRET_KEY_FILE"] = secret;
}

DaemonTest::~DaemonTest() {
  simulator_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void DaemonTest::start_simulator(const std::vector<std::string>& market) {
  const fs::path ready = folder_ / "simulator-ready";
  const fs::path program = build_folder() / "bin/upbit-sim";
  std::vector<std::string> command{program,        "--exit-with-stdin",    "--ready-file",
                                   ready,          "--access-key",         std::string(kAccessKey),
                                   "--secret-key", std::string(kSecretKey)};
  command.insert(command.end(), market.begin(), market.end());
  simulator_ = std::make_unique<Child>(command, std::vector<std::string>{"PATH=/usr/bin:/bin"},
                                       folder_ / "simulator.log");
  ASSERT_TRUE(eventually([&] { return fs::exists(ready) || !simulator_->is_running(); }));
  std::smatch found;
  const std::string line = read_all(ready);
  ASSERT_TRUE(std::regex_search(line, found, std::regex("rest=http://(\\S+)")))
      << simulator_->output();
  exchange_ = found[1];
  ASSERT_TRUE(std::regex_search(line, found, std::regex("control=http://[^:]+:([0-9]+)")));
  control_port_ = std::stoi(found[1]);
  write_settings();
}

void DaemonTest::simulate(std::string_view path, std::string_view json) {
  const HttpAnswer answer = http_post(control_port_, path, json);
  if (answer.status / 100 != 2) {
    throw std::runtime_error("upbit-sim " + std::string(path) + ": " + answer.body);
  }
}

std::string DaemonTest::ask_simulator(std::string_view path) {
  return http_get(control_port_, path).body;
}

void DaemonTest::write_settings(std::string_view more) {
  const std::string streams = "ws://" + exchange_ + "/websocket/v1";
  std::string text = "mode = \"" + mode_ + "\"\n";
  text += "data.dir = \"" + (folder_ / "data").string() + "\"\n";
  text += "http.listen = \"127.0.0.1:0\"\nops.listen = \"127.0.0.1:0\"\n";
  text += "exchange.restUrl = \"http://" + exchange_ + "\"\n";
  text += "exchange.wsUrl = \"" + streams + "\"\n";
  text += "exchange.wsPrivateUrl = \"" + streams + "/private\"\n";
  text += "strategy.timeframe = \"1m\"\nstrategy.macroTimeframe = \"15m\"\n";
  text += "strategy.longTimeframe = \"60m\"\n";
  text += "plugins.dir = \"" + (folder_ / "plugins").string() + "\"\n";
  text += "plugins.lock = \"" + (folder_ / "plugins.lock").string() + "\"\n";
  text += std::string("plugins.requireRootOwner = ") + (::geteuid() == 0 ? "true\n" : "false\n");
  write_all(settings_file_, text.append(more));
}

int DaemonTest::line_of(std::string_view text) const {
  const std::string all = read_all(settings_file_);
  const auto at = all.find(text);
  if (at == std::string::npos) return 0;
  return 1 + static_cast<int>(std::count(all.begin(), all.begin() + static_cast<long>(at), '\n'));
}

std::unique_ptr<Daemon> DaemonTest::start() {
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  const fs::path program = build_folder() / "bin/everbitd";
  return std::make_unique<Daemon>(std::vector<std::string>{program, "--config", settings_file_},
                                  variables,
                                  folder_ / ("everbitd-" + std::to_string(++started_) + ".log"));
}

DaemonTest::Refusal DaemonTest::start_refused() {
  const auto daemon = start();
  const auto status = daemon->wait(seconds(60));
  return {status.value_or(0), daemon->output()};
}

void DaemonTest::install(std::string_view id, std::string_view kind, std::string_view built,
                         const std::function<void(std::string& bytes)>& change) {
  std::string bytes = read_all(build_folder() / built);
  if (bytes.empty()) throw std::runtime_error(std::string(built) + " is not built");
  if (change) change(bytes);
  plugins_[std::string(id)] = {std::string(kind), sha256_of(bytes)};
  write_all(stored(id), bytes);
  fs::permissions(stored(id), fs::perms::owner_read);
  if (kind == "strategy") certify(id);
  write_lock();
}

void DaemonTest::certify(std::string_view id,
                         const std::function<void(std::string& json)>& change) {
  std::string json = R"({"certificate":"everbit-verify","verifyVersion":1,"sha256":")" +
                     plugins_.find(id)->second.sha256 + R"(","passed":true,"checks":{)";
  for (const char* check : {"prefix", "determinism", "restore", "warm-up", "cost"}) {
    json += (json.back() == '{' ? "\"" : ",\"") + std::string(check) + R"(":{"passed":true})";
  }
  json += "}}\n";
  if (change) change(json);
  write_all(certificate(id), json);
  fs::permissions(certificate(id), fs::perms::owner_read | fs::perms::owner_write);
}

fs::path DaemonTest::certificate(std::string_view id) const {
  return stored(id).replace_extension(".cert.json");
}

fs::path DaemonTest::stored(std::string_view id) const {
  return folder_ / "plugins" / (plugins_.find(id)->second.sha256 + ".so");
}

void DaemonTest::write_lock() {
  std::string text;
  for (const auto& [id, plugin] : plugins_) {
    text += "[[plugin]]\nid = \"" + id + "\"\nkind = \"" + plugin.kind + "\"\nsha256 = \"" +
            plugin.sha256 + "\"\n";
    if (plugin.kind == "event_bus") {
      text += "grants = []\n";
    } else if (plugin.kind == "notifier") {
      text += "grants = [\"eb.http/1\", \"eb.notifier.host/1\"]\n";
    } else {
      text += "grants = [\"eb.decimal/1\"]\n";
    }
  }
  write_all(folder_ / "plugins.lock", text);
}

int DaemonTest::rows_of_a_start() const {
  return std::stoi(
      database_.value("SELECT (SELECT count(*) FROM trader_instance)"
                      " + (SELECT count(*) FROM strategy_activation)"
                      " + (SELECT count(*) FROM strategy_state)"
                      " + (SELECT count(*) FROM market_config)"));
}

}  // namespace everbit::test
