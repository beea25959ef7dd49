#include "config/schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include "config/fields.h"

namespace everbit::config {
namespace {

template <auto Section, auto Member>
constexpr auto at = +[](Settings& s) -> auto& {
  return s.*Section.*Member;
};

const std::array kKeys = {
    Key{"mode", CustomField{"REAL or PAPER", store_mode}, "\"PAPER\"",
        "REAL sends orders to the exchange; PAPER simulates fills on real market data.",
        "REAL은 실제 주문, PAPER는 모의 체결."},
    Key{"roles", CustomField{"a list of trader, api, notifier, backtest, relay", store_roles},
        R"(["trader", "api", "notifier", "backtest", "relay"])",
        "What this process does. Only one process may be the trader.",
        "이 프로세스의 역할. trader는 하나뿐이어야 합니다."},
    Key{"data.dir",
        at<&Settings::data, &DataSettings::dir>,
        "\"/var/lib/everbit\"",
        "State folder: send.ledger, kill-switch.state and the owner's kill-switch.off lie here.",
        "상태 폴더: send.ledger, kill-switch.state, kill-switch.off 파일이 놓입니다.",
        {.check = absolute_path}},
    Key{"database.url",
        CustomField{"postgresql://user@host:port/name without a password", store_database_url},
        "\"\"",
        "PostgreSQL. With a password, give the whole address as the secret DATABASE_URL instead.",
        "PostgreSQL 주소. 비밀번호가 있으면 비밀값 DATABASE_URL로 주십시오."},
    Key{"database.poolSize",
        at<&Settings::database, &DatabaseSettings::pool_size>,
        "8",
        "Connections kept open.",
        "유지할 연결 수.",
        {.least = 2, .most = 64}},
    Key{"redis.url",
        CustomField{"redis://host:port/db without a password, or nothing", store_redis_url}, "\"\"",
        "Sessions and shared rate budgets. Empty: kept in this process, which must be the only "
        "one. "
        "With a password, use the secret REDIS_URL.",
        "세션과 공유 호출 한도. 비우면 이 프로세스 안에만 둡니다(프로세스가 하나일 때)."},
    Key{"http.listen", CustomField{"a loopback or private address:port", store_http_listen},
        "\"127.0.0.1:8082\"", "API and dashboard.", "API와 대시보드."},
    Key{"ops.listen", CustomField{"a loopback or private address:port", store_ops_listen},
        "\"127.0.0.1:9464\"", "/health and /metrics; never through nginx.",
        "/health 와 /metrics. nginx를 통하지 않습니다."},
    Key{"ops.hosts",
        at<&Settings::ops, &OpsSettings::hosts>,
        "[]",
        "Names in the Host header that are answered besides localhost, 127.0.0.1 and [::1].",
        "localhost 외에 Host 헤더로 허용할 이름.",
        {.check = host_name, .change = Change::kRunning}},
    Key{"admin.socket",
        at<&Settings::admin, &AdminSettings::socket>,
        "\"\"",
        "Unix socket of the trader for `everbit`, for root and the daemon's group. Empty: "
        "admin.sock "
        "in data.dir.",
        "everbit 명령이 쓰는 유닉스 소켓(root와 데몬의 그룹). 비우면 data.dir의 admin.sock.",
        {.check = absolute_path_or_empty}},
    Key{"exchange.plugin",
        at<&Settings::exchange, &ExchangeSettings::plugin>,
        "\"kr.everbit.exchange-upbit\"",
        "Plugin id of the exchange.",
        "거래소 플러그인.",
        {.check = plugin_id}},
    Key{"exchange.restUrl",
        at<&Settings::exchange, &ExchangeSettings::rest_url>,
        "\"https://api.upbit.com\"",
        "REST address.",
        "REST 주소.",
        {.check = http_url}},
    Key{"exchange.wsUrl",
        at<&Settings::exchange, &ExchangeSettings::ws_url>,
        "\"wss://api.upbit.com/websocket/v1\"",
        "Public WebSocket.",
        "공개 WebSocket.",
        {.check = ws_url}},
    Key{"exchange.wsPrivateUrl",
        at<&Settings::exchange, &ExchangeSettings::ws_private_url>,
        "\"wss://api.upbit.com/websocket/v1/private\"",
        "Private WebSocket.",
        "개인 WebSocket.",
        {.check = ws_url}},
    Key{"exchange.caFile",
        at<&Settings::exchange, &ExchangeSettings::ca_file>,
        "\"\"",
        "Certificates to trust instead of the system's, PEM. For a simulator.",
        "시스템 대신 신뢰할 인증서(PEM). 시뮬레이터용.",
        {.check = absolute_path_or_empty}},
    Key{"paper.plugin",
        at<&Settings::paper, &PaperSettings::plugin>,
        "\"kr.everbit.exchange-paper\"",
        "Plugin id of the exchange that mode PAPER trades on: one that only simulates fills. "
        "Market "
        "data is that of exchange.restUrl and exchange.wsUrl.",
        "PAPER 모드의 모의 거래소 플러그인. 시세는 exchange.restUrl과 exchange.wsUrl에서 받습니다.",
        {.check = plugin_id}},
    Key{"paper.startKrw",
        at<&Settings::paper, &PaperSettings::start_krw>,
        "10000000",
        "What a fresh simulated account holds.",
        "새 모의 계좌의 시작 금액(원).",
        {.least = 5000, .most = 1'000'000'000'000}},
    Key{"paper.feeRate",
        at<&Settings::paper, &PaperSettings::fee_rate>,
        "0.0005",
        "Fee of simulated fills, as a share of their value.",
        "모의 체결 수수료율.",
        {.least = 0, .most = 1}},
    Key{"bus.plugin",
        at<&Settings::bus, &BusSettings::plugin>,
        "\"kr.everbit.bus-postgres\"",
        "Plugin id of the event bus.",
        "이벤트 버스 플러그인.",
        {.check = plugin_id}},
    Key{"push.plugin",
        at<&Settings::push, &PushSettings::plugin>,
        "\"kr.everbit.notify-webpush\"",
        "Plugin id of the notifier; used when the VAPID keys are given.",
        "알림 플러그인. VAPID 키가 있을 때 씁니다.",
        {.check = plugin_id}},
    Key{"push.allowedHosts",
        at<&Settings::push, &PushSettings::allowed_hosts>,
        R"(["fcm.googleapis.com", "jmt17.google.com", "*.push.services.mozilla.com", )"
        R"("*.push.apple.com", "*.notify.windows.com"])",
        "Push services that may be called; *.name is what lies below name. Empty: any public one.",
        "호출할 수 있는 푸시 서비스. *.name은 그 아래의 이름. 비우면 공개된 모든 곳.",
        {.check = push_host}},
    Key{"push.testEntries",
        at<&Settings::push, &PushSettings::test_entries>,
        "[]",
        "host:port of a push service for tests, wherever it is. Refused in mode REAL.",
        "시험용 푸시 서비스의 host:port. REAL에서는 거부합니다.",
        {.check = host_and_port}},
    Key{"push.caFile",
        at<&Settings::push, &PushSettings::ca_file>,
        "\"\"",
        "Certificates to trust there instead of the system's, PEM. For tests.",
        "시스템 대신 신뢰할 인증서(PEM). 시험용.",
        {.check = absolute_path_or_empty}},
    Key{"strategy.key",
        at<&Settings::strategy, &StrategySettings::key>,
        "\"EXTREME_FLIP\"",
        "Stable name of the strategy in the database.",
        "데이터베이스에 남는 전략 이름.",
        {.check = strategy_key}},
    Key{"strategy.plugin",
        at<&Settings::strategy, &StrategySettings::plugin>,
        "\"kr.everbit.extreme-flip\"",
        "Plugin id of the strategy.",
        "전략 플러그인.",
        {.check = plugin_id}},
    Key{"strategy.timeframe",
        CustomField{"a timeframe like 15m", store_timeframe<&StrategySettings::timeframe>},
        "\"15m\"", "Signal candles.", "신호 캔들."},
    Key{"strategy.macroTimeframe",
        CustomField{"a timeframe like 4h", store_timeframe<&StrategySettings::macro_timeframe>},
        "\"4h\"", "Macro candles; the signal timeframe must divide them.",
        "중기 캔들. 신호 캔들의 배수여야 합니다."},
    Key{"strategy.longTimeframe",
        CustomField{"a timeframe like 1d", store_timeframe<&StrategySettings::long_timeframe>},
        "\"1d\"", "Long candles; the macro timeframe must divide them.",
        "장기 캔들. 중기 캔들의 배수여야 합니다."},
    Key{"strategy.markets", CustomField{"a list of { code, priority, enabled }", store_markets},
        R"([{ code = "KRW-BTC", priority = 0, enabled = true }])",
        "Markets to trade, at most 50 enabled; on equal strength the smaller priority buys first.",
        "거래할 마켓(최대 50개). 강도가 같으면 priority가 작은 쪽이 먼저입니다."},
    Key{"strategy.params", CustomField{"a table", store_params}, "{}",
        "The strategy's own parameters; the plugin's schema checks them.",
        "전략 매개변수. 플러그인의 스키마로 검사합니다."},
    Key{"execution.maxOrderAttempts",
        at<&Settings::execution, &ExecutionSettings::max_order_attempts>,
        "5",
        "Attempts of one entry after 429 or NOT_SENT.",
        "진입 주문 하나의 최대 시도 수.",
        {.least = 1, .most = 20}},
    Key{"execution.sendBySeconds",
        at<&Settings::execution, &ExecutionSettings::send_by>,
        "2",
        "No first byte of an order is written later than this after it was marked SENT.",
        "SENT 기록 후 이 시간이 지나면 주문의 첫 바이트를 쓰지 않습니다.",
        {.least = 1, .most = 5}},
    Key{"execution.autoResolveAbsent",
        at<&Settings::execution, &ExecutionSettings::auto_resolve_absent>, "false",
        "Settle an UNKNOWN order as absent without the owner when every trace is missing.",
        "흔적이 전혀 없는 UNKNOWN 주문을 사람 없이 미체결로 정리합니다."},
    Key{"risk.maxDailyLossKrw",
        at<&Settings::risk, &RiskSettings::max_daily_loss_krw>,
        "0",
        "Loss since 00:00 KST that turns the account to EXITS_ONLY; 0 = no limit.",
        "하루 손실 한도(원). 넘으면 EXITS_ONLY. 0은 한도 없음.",
        {.least = 0}},
    Key{"risk.maxOpenMarkets",
        at<&Settings::risk, &RiskSettings::max_open_markets>,
        "2",
        "Open positions and open entries at one time.",
        "동시에 보유할 마켓 수.",
        {.least = 1, .most = 50}},
    Key{"risk.maxExposureKrw",
        at<&Settings::risk, &RiskSettings::max_exposure_krw>,
        "0",
        "What open positions and open entries may have cost together; 0 = no limit.",
        "보유 포지션과 진행 중인 매수의 총액 한도(원). 0은 한도 없음.",
        {.least = 0}},
    Key{"risk.maxEntriesPerHour",
        at<&Settings::risk, &RiskSettings::max_entries_per_hour>,
        "0",
        "Entries in any 60 minutes; 0 = no limit.",
        "60분 동안의 최대 매수 횟수. 0은 한도 없음.",
        {.least = 0, .most = 1000}},
    Key{"risk.minOrderKrw",
        at<&Settings::risk, &RiskSettings::min_order_krw>,
        "10000",
        "Smallest entry.",
        "최소 매수 금액(원).",
        {.least = 5000, .most = 1'000'000'000}},
    Key{"risk.maxOrderKrw",
        at<&Settings::risk, &RiskSettings::max_order_krw>,
        "100000",
        "Largest entry.",
        "최대 매수 금액(원).",
        {.least = 5000, .most = 1'000'000'000}},
    Key{"risk.minSellKrw",
        at<&Settings::risk, &RiskSettings::min_sell_krw>,
        "5000",
        "A part worth less is sold with all the rest.",
        "이보다 작은 부분 매도는 전량 매도합니다.",
        {.least = 5000, .most = 1'000'000'000}},
    Key{"risk.maxSellKrw",
        at<&Settings::risk, &RiskSettings::max_sell_krw>,
        "0",
        "Largest first take-profit part; never limits another exit. 0 = none.",
        "1차 익절의 최대 금액(원). 다른 매도는 제한하지 않습니다. 0은 없음.",
        {.least = 0, .most = 1'000'000'000}},
    Key{"reconcile.intervalSeconds",
        at<&Settings::reconcile, &ReconcileSettings::interval>,
        "60",
        "Comparison with the exchange.",
        "거래소와 대조하는 주기.",
        {.least = 10, .most = 3600}},
    Key{"candles.graceMs",
        at<&Settings::candles, &CandleSettings::grace>,
        "1000",
        "Wait after a period's end before its candle is read.",
        "캔들 종료 후 읽기까지 기다리는 시간.",
        {.least = 0, .most = 10'000}},
    Key{"candles.restDeadlineSeconds",
        at<&Settings::candles, &CandleSettings::rest_deadline>,
        "10",
        "Without an answer by then the candle counts as unverified.",
        "이 시간 안에 답이 없으면 검증되지 않은 캔들로 봅니다.",
        {.least = 1, .most = 60}},
    Key{"backtest.maxMemory",
        at<&Settings::backtest, &BacktestSettings::max_memory>,
        "300",
        "MiB of address space of a back-test's process.",
        "백테스트 프로세스의 주소 공간 한도(MiB).",
        {.least = 128, .most = 65'536}},
    Key{"backtest.stallSeconds",
        at<&Settings::backtest, &BacktestSettings::stall>,
        "60",
        "A back-test without progress for this long is taken for hung and killed.",
        "이만큼 진행이 없는 백테스트는 멈춘 것으로 보고 끝냅니다.",
        {.least = 1, .most = 3600}},
    Key{"log.format", CustomField{"json or console", store_log_format}, "\"json\"",
        "json for machines, console for people.", "json 또는 console."},
    Key{"log.level",
        CustomField{"trace, debug, info, warn, error or critical", store_log_level},
        "\"info\"",
        "Lowest level that is written.",
        "기록할 최소 수준.",
        {.change = Change::kRunning}},
    Key{"log.file",
        at<&Settings::log, &LogSettings::file>,
        "\"\"",
        "Empty: standard output (the journal).",
        "비우면 표준 출력(journal).",
        {.check = absolute_path_or_empty}},
    Key{"plugins.dir",
        at<&Settings::plugins, &PluginSettings::dir>,
        "\"/var/lib/everbit/plugins\"",
        "Store of <sha256>.so files; not writable by the daemon.",
        "<sha256>.so 파일 저장소. 데몬이 쓸 수 없어야 합니다.",
        {.check = absolute_path}},
    Key{"plugins.lock",
        at<&Settings::plugins, &PluginSettings::lock>,
        "\"/etc/everbit/plugins.lock\"",
        "Names every file that may be loaded, by its hash.",
        "읽어 들일 수 있는 파일을 해시로 적은 목록.",
        {.check = absolute_path}},
    Key{"plugins.allow_draft",
        at<&Settings::plugins, &PluginSettings::allow_draft>,
        "[]",
        "Draft extensions that plugins may use.",
        "허용할 초안 확장.",
        {.check = extension_id}},
    Key{"plugins.requireRootOwner", at<&Settings::plugins, &PluginSettings::require_root_owner>,
        "true",
        "Plugin files and plugins.lock must belong to root. Only false lets them belong to the "
        "daemon's own user instead, for a developer's machine: whoever breaks into the daemon can "
        "then replace its code.",
        "플러그인 파일의 소유자가 root여야 합니다. 개발용 PC에서만 false로 두십시오."},
    Key{"watchdog.stallSeconds",
        at<&Settings::watchdog, &WatchdogSettings::stall>,
        "30",
        "Without progress for this long the systemd watchdog is no longer fed.",
        "이만큼 진행이 없으면 systemd watchdog에 신호를 보내지 않습니다.",
        {.least = 5, .most = 600}},
};

Error expected(std::string_view what, const TomlValue& value) {
  std::string message = "expected ";
  message.append(what).append(", got ").append(value.type_name());
  return Error("CONFIG_TYPE", std::move(message));
}

Result<void> in_bounds(const Key& key, std::int64_t number) {
  if (number < key.rule.least) {
    return Error("CONFIG_RANGE", "must be at least " + std::to_string(key.rule.least));
  }
  if (number > key.rule.most) {
    return Error("CONFIG_RANGE", "must be at most " + std::to_string(key.rule.most));
  }
  return {};
}

Result<void> checked_text(const Key& key, std::string_view text) {
  if (key.rule.check == nullptr) return {};
  std::string complaint = key.rule.check(text);
  if (complaint.empty()) return {};
  return Error("CONFIG_VALUE", std::move(complaint));
}

// One overload for each type a field can have.
class Storing {
 public:
  Storing(const Key& key, Settings& settings, const TomlValue& value)
      : key_(key), settings_(settings), value_(value) {}

  Result<void> operator()(FieldRef<std::string> field) const { return text(field); }
  Result<void> operator()(FieldRef<std::filesystem::path> field) const { return text(field); }
  Result<void> operator()(FieldRef<std::int64_t> field) const { return whole(field); }
  Result<void> operator()(FieldRef<std::chrono::seconds> field) const { return whole(field); }
  Result<void> operator()(FieldRef<std::chrono::milliseconds> field) const { return whole(field); }

  Result<void> operator()(FieldRef<bool> field) const {
    const auto* flag = value_.as<bool>();
    if (flag == nullptr) return expected("true or false", value_);
    field(settings_) = *flag;
    return {};
  }

  Result<void> operator()(FieldRef<Decimal> field) const {
    const auto amount = decimal_of(value_);
    if (!amount) return expected("an amount of money", value_);
    if (amount->is_negative() ||
        *amount < Decimal::from_int(std::max<std::int64_t>(key_.rule.least, 0))) {
      return Error("CONFIG_RANGE", "must be at least " +
                                       std::to_string(std::max<std::int64_t>(key_.rule.least, 0)));
    }
    if (*amount > Decimal::from_int(key_.rule.most)) {
      return Error("CONFIG_RANGE", "must be at most " + std::to_string(key_.rule.most));
    }
    field(settings_) = *amount;
    return {};
  }

  Result<void> operator()(FieldRef<std::vector<std::string>> field) const {
    const auto* items = value_.as<TomlValue::Array>();
    if (items == nullptr) return expected("a list of texts", value_);
    std::vector<std::string> texts;
    for (const TomlValue& item : *items) {
      const auto* text = item.as<std::string>();
      if (text == nullptr) return expected("a list of texts", item);
      if (auto good = checked_text(key_, *text); !good) return good;
      texts.push_back(*text);
    }
    field(settings_) = std::move(texts);
    return {};
  }

  Result<void> operator()(const CustomField& custom) const {
    return custom.store(settings_, value_);
  }

 private:
  template <class T>
  Result<void> text(FieldRef<T> field) const {
    const auto* text = value_.as<std::string>();
    if (text == nullptr) return expected("text", value_);
    if (auto good = checked_text(key_, *text); !good) return good;
    field(settings_) = *text;
    return {};
  }

  template <class T>
  Result<void> whole(FieldRef<T> field) const {
    const auto* number = value_.as<std::int64_t>();
    if (number == nullptr) return expected("a whole number", value_);
    if (auto good = in_bounds(key_, *number); !good) return good;
    field(settings_) = T(*number);
    return {};
  }

  const Key& key_;
  Settings& settings_;
  const TomlValue& value_;
};

}  // namespace

std::span<const Key> schema() { return kKeys; }

std::vector<std::string_view> key_names() {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys) names.push_back(key.name);
  return names;
}

Result<void> store(const Key& key, Settings& settings, const TomlValue& value) {
  return std::visit(Storing(key, settings, value), key.field);
}

}  // namespace everbit::config
