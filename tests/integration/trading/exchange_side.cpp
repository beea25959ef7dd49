#include "integration/trading/exchange_side.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "everbit/plugin.h"
#include "plugins/services/decimal_extension.h"

namespace everbit::test {
namespace {

constexpr const char* kAccessKey = "upbit-sim-access-key";
constexpr const char* kSecretKey = "upbit-sim-secret-key-0123456789abcdef";
constexpr std::chrono::seconds kPatience{60};

std::string build_folder() {
  const char* build = std::getenv("EVERBIT_BUILD_DIR");
  return build == nullptr ? "." : build;
}

struct LoadedCodec {
  eb_host host{};
  eb_plugin plugin{};
  const eb_exchange_v1* table = nullptr;

  LoadedCodec() {
    host.size = sizeof host;
    host.get_extension = [](void*, eb_str) -> const void* { return &plugins::decimal_extension(); };
    host.log_enabled = [](void*, std::int32_t) -> eb_bool { return 0; };
    host.set_error = [](void*, eb_status, eb_str) {};
    // Never closed, as in the host.
    void* library =
        ::dlopen((build_folder() + "/plugins/exchange-upbit.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    const auto entry = reinterpret_cast<const eb_module* (*)()>(::dlsym(library, EB_ENTRY_SYMBOL));
    eb_create_args args{};
    args.size = sizeof args;
    plugin.size = sizeof plugin;
    if (entry == nullptr || entry()->factory->create(&host, &args, &plugin) != EB_OK) {
      throw std::runtime_error("exchange-upbit.so makes no instance");
    }
    const eb_str id{EB_EXT_EXCHANGE, sizeof(EB_EXT_EXCHANGE) - 1};
    table = static_cast<const eb_exchange_v1*>(plugin.get_extension(plugin.self_plug, id));
  }
};

net::Origin origin_of(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(name + "=") + name.size() + 1;
  return net::parse_url(line.substr(at, line.find_first_of(" \n", at) - at)).value().origin;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "everbit-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
  path_ = name;
}

ScratchFolder::~ScratchFolder() { std::filesystem::remove_all(path_); }

plugins::ExchangeCodec upbit_codec() {
  static const LoadedCodec loaded;
  return {loaded.table, loaded.plugin.self_plug};
}

ExchangeClient::ExchangeClient(const net::Origin& origin, int orders_per_second)
    : codec_(upbit_codec()) {
  io_.start();
  net::HttpClientSettings settings;
  settings.guarded_origins = {origin};
  settings.harmless_targets = trading::harmless_targets(codec_);
  http_ = net::HttpClient::make(io_, std::move(settings)).value();
  limiter_ = std::make_unique<net::RateLimiter>(
      clock_, io_.executor(),
      std::vector<net::RateGroup>{{"candle", net::RateSide::kQuotation, 10},
                                  {"default", net::RateSide::kExchange, 30},
                                  {"order", net::RateSide::kExchange, orders_per_second},
                                  {"order-test", net::RateSide::kExchange, 8}});
  gateway_ = std::make_unique<trading::ExchangeGateway>(
      trading::ExchangeGateway::Parts{codec_,
                                      *http_,
                                      *limiter_,
                                      clock_,
                                      origin,
                                      io_.executor(),
                                      {Secret(kAccessKey), Secret(kSecretKey)}});
}

ExchangeClient::~ExchangeClient() { http_->stop(); }

UpbitSim::UpbitSim(const std::string& scenario) {
  const std::string ready = (folder_ / "ready").string();
  const std::string out = (folder_ / "out").string();
  std::vector<std::string> arguments{build_folder() + "/bin/upbit-sim",
                                     "--scenario",
                                     scenario,
                                     "--markets",
                                     "KRW-BTC",
                                     "--history-days",
                                     "2",
                                     "--matching-delay",
                                     "0",
                                     "2",
                                     "--exit-with-stdin",
                                     "--ready-file",
                                     ready};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int input[2];
  if (::pipe2(input, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(input[0], STDIN_FILENO);
    const int log = ::open(out.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(input[0]);
  stdin_ = input[1];
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  std::string line;
  while (!std::getline(std::ifstream(ready), line)) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("upbit-sim: silent");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  rest_ = origin_of(line, "rest");
  control_ = origin_of(line, "control");
  io_.start();
  http_ = net::HttpClient::make(io_, {}).value();
}

UpbitSim::~UpbitSim() {
  stop();
  http_->stop();
}

// Its standard input ends, and with it the program.
void UpbitSim::stop() {
  if (pid_ <= 0) return;
  ::close(stdin_);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string UpbitSim::control(net::HttpMethod method, const std::string& path,
                              const std::string& body) {
  net::HttpCall call;
  call.request.method = method;
  call.request.origin = control_;
  call.request.target = path;
  call.request.headers = {{"Content-Type", "application/json"}};
  call.request.body = body;
  const net::HttpResult result = http_->send_blocking(std::move(call));
  if (!result.answered() || result.response.status / 100 != 2) {
    throw std::runtime_error("control " + path + ": " + result.detail + result.response.body);
  }
  return result.response.body;
}

std::string UpbitSim::send(net::HttpRequest request) {
  net::HttpCall call;
  call.request = std::move(request);
  const net::HttpResult result = http_->send_blocking(std::move(call));
  if (!result.answered() || result.response.status / 100 != 2) {
    throw std::runtime_error("order: " + result.detail + result.response.body);
  }
  return result.response.body;
}

std::string UpbitSim::post(const std::string& path, const std::string& json) {
  return control(net::HttpMethod::kPost, path, json);
}

void UpbitSim::fault(const std::string& fields) {
  post("/faults", R"({"on":"rest","method":"POST","path":"/v1/orders",)" + fields + "}");
}

int UpbitSim::count(const std::string& list) {
  simdjson::dom::parser parser;
  const std::string text = ledger();
  return static_cast<int>(parser.parse(text)[list].get_array().value().size());
}

int UpbitSim::creates() { return count("creates"); }
int UpbitSim::orders() { return count("orders"); }

}  // namespace everbit::test
