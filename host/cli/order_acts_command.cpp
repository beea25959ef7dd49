#include "cli/order_acts_command.h"

#include <functional>
#include <iostream>

#include "api/order_list.h"
#include "base/json_writer.h"
#include "cli/daemon.h"
#include "cli/own_switch.h"
#include "cli/question.h"
#include "cli/session.h"
#include "trading/settlement/owner_acts.h"

namespace everbit::cli {
namespace {

constexpr Help kResolveHelp{
    "orders resolve", "ATTEMPT --absent [--yes] [옵션 · options]",
    "결과를 알 수 없는(UNKNOWN) 시도를 '주문 없음'으로 처리합니다. ATTEMPT는 orders --json의\n"
    "attemptPublicId입니다. 전송 후 2분이 지나고 업비트가 다섯 번 '주문 없음'으로 답한 뒤에만\n"
    "가능합니다. 나중에 주문이 나타나면 그대로 기록되고 마켓은 정지됩니다.\n"
    "Settles an UNKNOWN attempt as absent; ATTEMPT is the attemptPublicId of orders --json. Only "
    "2\n"
    "minutes after it was sent and after five answers of Upbit that there is no such order. An\n"
    "order that shows up later is booked all the same, and its market suspended.\n"
    "마켓은 계속 정지 상태입니다 · the market stays suspended until it is released."};

constexpr Help kCancelHelp{
    "orders cancel", "UUID [--yes] [옵션 · options]",
    "끝나지 않는 주문(ORDER_STUCK)의 취소를 업비트에 요청합니다. Everbit은 스스로 취소하지\n"
    "않습니다. 요청일 뿐이며, 결과는 주문을 다시 읽어 확인합니다 (everbit orders).\n"
    "Asks Upbit to cancel an order that ORDER_STUCK was raised for; Everbit never cancels by "
    "itself.\n"
    "It is a request: how the order ended is learned by reading it (everbit orders)."};

// What the command is to do where no daemon does it; its JSON.
using Act = std::function<Result<std::string>(store::Pool&, store::OwnerId, Deadline)>;

int act(const CommandLine& line, const DaemonRequest& request, std::string_view done,
        const Act& here) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto answer = daemon_or(*settings, request, [&]() -> Result<std::string> {
    const Deadline deadline = command_deadline();
    const auto database = open_database(*settings, deadline);
    if (!database) return database.error();
    return here(*database->pool, database->owner, deadline);
  });
  if (!answer) return fail(line, answer.error());
  std::cout << (line.json() ? *answer : std::string(done)) << '\n';
  return kOk;
}

}  // namespace

int orders_resolve(Arguments arguments) {
  CommandLine line(kResolveHelp, CommandLine::Settings::kNeeded);
  line.add()("absent", "업비트에 그 주문이 없다 · there is no such order at Upbit");
  add_yes(line);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().empty()) return line.refuse("which attempt? its id is missing");
  const auto id = Uuid::parse(line.words()[0]);
  if (!id) return line.refuse("not an attempt's id: " + line.words()[0]);
  if (!line.has("absent")) return line.refuse("--absent is missing: there is no other outcome");
  if (!is_agreed(
          line,
          "업비트 앱에서도 이 주문이 없음을 확인했습니까? 없는 것으로 처리합니다.\n"
          "Have you looked at Upbit yourself, and the order is not there? Settle as absent?")) {
    return kFailed;
  }
  return act(
      line, {"POST", "attempts/" + id->to_string() + "/resolve", R"({"outcome":"ABSENT"})"},
      id->to_string() + "  REJECTED ABSENT",
      [&](store::Pool& pool, store::OwnerId owner, Deadline deadline) -> Result<std::string> {
        auto done =
            trading::resolve_absent(pool, owner, *id, OwnSwitch::actor(), nullptr, deadline);
        if (!done) return done.error();
        auto attempt = api::read_attempt(pool, *id, deadline);
        if (!attempt) return attempt.error();
        return attempt->value_or("{}");
      });
}

int orders_cancel(Arguments arguments) {
  CommandLine line(kCancelHelp, CommandLine::Settings::kNeeded);
  add_yes(line);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().empty()) return line.refuse("which order? its uuid is missing");
  const auto id = Uuid::parse(line.words()[0]);
  if (!id) return line.refuse("not an order's uuid: " + line.words()[0]);
  if (!is_agreed(line, "이 주문의 취소를 요청합니까? · Ask Upbit to cancel this order?")) {
    return kFailed;
  }
  return act(
      line, {"POST", "orders/" + id->to_string() + "/cancel"}, id->to_string() + "  REQUESTED",
      [&](store::Pool& pool, store::OwnerId owner, Deadline deadline) -> Result<std::string> {
        auto done = trading::request_cancel(pool, owner, *id, OwnSwitch::actor(), deadline);
        if (!done) return done.error();
        JsonWriter json;
        json.begin_object().field("upbitUuid", *id).field("status", "REQUESTED").end_object();
        return json.take();
      });
}

}  // namespace everbit::cli
