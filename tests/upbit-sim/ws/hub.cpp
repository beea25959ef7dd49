#include "upbit-sim/ws/hub.h"

#include <algorithm>
#include <utility>

#include "upbit-sim/auth/authenticate.h"
#include "upbit-sim/rest/rest_api.h"

namespace everbit::upbit_sim {
namespace {

constexpr std::string_view kPublicPath = "/websocket/v1";
constexpr std::string_view kPrivatePath = "/websocket/v1/private";
constexpr Millis kLongestHoldBack = 1000;

std::string error_message(const StreamError& error) {
  JsonWriter out;
  out.open_object().key("error").open_object();
  out.text("name", error.name).text("message", error.message);
  return out.close_object().close_object().take();
}

}  // namespace

StreamHub::StreamHub(const Clock& clock, Scheduler& scheduler, MarketPlace& markets,
                     Exchange& exchange, KeyRing& keys, RateLimiter& limiter, Faults& faults,
                     std::function<Millis()> monotonic)
    : clock_(clock),
      scheduler_(scheduler),
      markets_(markets),
      exchange_(exchange),
      keys_(keys),
      limiter_(limiter),
      faults_(faults),
      monotonic_(std::move(monotonic)) {}

std::optional<HttpResponse> StreamHub::check_upgrade(const HttpRequest& request) {
  const bool is_private = request.path == kPrivatePath;
  if (!is_private && request.path != kPublicPath) return quotation_error(404, "Not Found");
  const auto fault = faults_.match(RestEvent{"GET", request.path, "websocket-connect"});
  if (fault && fault->action == FaultAction::kRespond) {
    HttpResponse response = json_response(fault->status, fault->body.value_or(""));
    response.content_type = fault->content_type;
    return response;
  }
  std::string subject = request.peer;
  const auto authorization = request.header("Authorization");
  if (is_private || !authorization.empty()) {
    const auto key = authenticate(keys_, {authorization, request.peer, {}}, clock_.now());
    if (const auto* error = std::get_if<ApiError>(&key)) return exchange_error(*error);
    subject = std::get<const ApiKey*>(key)->account;
  } else if (!request.header("Origin").empty() &&
             limiter_.take(Group::kOrigin, subject, monotonic_()).status != 200) {
    return too_many_requests(Group::kOrigin);
  }
  const auto verdict = limiter_.take(Group::kWebsocketConnect, subject, monotonic_());
  if (verdict.status == 418) return blocked(verdict.blocked_for);
  if (verdict.status == 429) return too_many_requests(Group::kWebsocketConnect);
  return std::nullopt;
}

void StreamHub::accept(std::shared_ptr<WebSocket> socket, const HttpRequest& request) {
  auto session = std::make_shared<Session>();
  session->socket = std::move(socket);
  session->is_private = request.path == kPrivatePath;
  if (session->is_private) {
    // The handshake has verified the token; here it only tells whose it is.
    if (const ApiKey* key = keys_.find(access_key_of(request.header("Authorization")))) {
      session->account = key->account;
      session->may_view_orders = key->may(Scope::kViewOrders);
      session->may_view_assets = key->may(Scope::kViewAssets);
    }
  }
  sessions_.push_back(session);
  std::weak_ptr<Session> weak = session;
  session->socket->on_message = [this, weak](const std::string& text) {
    if (const auto alive = weak.lock()) on_message(alive, text);
  };
  session->socket->on_closed = [this, weak] {
    if (const auto alive = weak.lock()) {
      alive->open = false;
      sessions_.remove(alive);
    }
  };
}

bool StreamHub::over_limit(Session& session) {
  const Millis now = monotonic_();
  auto& times = session.message_times;
  while (!times.empty() && times.front() <= now - kMinute) times.pop_front();
  const auto last_second = std::count_if(times.begin(), times.end(),
                                         [now](Millis time) { return time > now - kSecond; });
  if (last_second >= 5 || times.size() >= 100) return true;
  times.push_back(now);
  return false;
}

void StreamHub::on_message(const std::shared_ptr<Session>& session, const std::string& text) {
  if (over_limit(*session)) {
    return send_error(*session, {"TOO_MANY_REQUEST", "요청 수 제한을 초과했습니다."});
  }
  if (text == "PING") {
    session->wants_status = true;
    return session->socket->send(R"({"status":"UP"})");
  }
  auto parsed = parse_stream_message(text, session->is_private);
  if (const auto* error = std::get_if<StreamError>(&parsed)) return send_error(*session, *error);
  auto& message = std::get<StreamMessage>(parsed);
  for (const StreamRequest& stream : message.streams) {
    const bool forbidden = (stream.type == "myOrder" && !session->may_view_orders) ||
                           (stream.type == "myAsset" && !session->may_view_assets);
    if (forbidden) {
      return send_error(*session, {"INVALID_AUTH", "인증 정보가 올바르지 않습니다."});
    }
    for (const StreamCode& code : stream.codes) {
      if (markets_.find(code.code) == nullptr) {
        return send_error(*session, {"INVALID_PARAM", "존재하지 않는 code 입니다: " + code.code});
      }
    }
  }
  if (message.format)
    session->format = *message.format;
  else if (!message.list_subscriptions)
    session->format = StreamFormat::kDefault;
  if (message.list_subscriptions) list_subscriptions(*session, message.ticket);
  if (!message.streams.empty()) subscribe(session, std::move(message));
}

// Replaces what the connection was subscribed to before.
void StreamHub::subscribe(const std::shared_ptr<Session>& session, StreamMessage message) {
  session->streams = std::move(message.streams);
  session->candles.clear();
  const auto streams = session->streams;
  for (const StreamRequest& stream : streams) {
    mark_candles(*session, stream);
    send_snapshots(session, stream);
  }
}

// What exists at the subscription is no news to the realtime stream.
void StreamHub::mark_candles(Session& session, const StreamRequest& stream) {
  if (!stream.candle_unit) return;
  for (const StreamCode& code : stream.codes) {
    const Candle* candle = markets_.find(code.code)->candles().latest(*stream.candle_unit);
    session.candles[stream.type + code.code] =
        candle == nullptr ? CandleMark{}
                          : CandleMark{candle->start, candle->volume, candle->last_trade};
  }
}

void StreamHub::list_subscriptions(Session& session, const std::string& ticket) {
  const bool simple = is_simple(session.format);
  JsonWriter out;
  out.open_object().text(simple ? "mthd" : "method", "LIST_SUBSCRIPTIONS");
  out.key(simple ? "rslt" : "result").open_array();
  for (const StreamRequest& stream : session.streams) {
    out.open_object().text(simple ? "ty" : "type", stream.type);
    if (!stream.codes.empty()) {
      out.key(simple ? "cds" : "codes").open_array();
      for (const StreamCode& code : stream.codes) out.string(code.code);
      out.close_array();
    }
    if (stream.type == "orderbook") out.number(simple ? "lv" : "level", stream.level);
    out.close_object();
  }
  out.close_array().text(simple ? "tckt" : "ticket", ticket).close_object();
  write(session, out.take());
}

void StreamHub::send_snapshots(const std::shared_ptr<Session>& session,
                               const StreamRequest& stream) {
  if (!stream.snapshot || session->is_private) return;
  const Millis now = clock_.now();
  for (const StreamCode& code : stream.codes) {
    const Market& market = *markets_.find(code.code);
    Builder build;
    if (stream.type == "ticker") {
      build = [&](StreamStyle style) { return ticker_message(market, now, true, style); };
    } else if (stream.type == "trade" && !market.trades().empty()) {
      build = [&](StreamStyle style) {
        return trade_message(market, market.trades().back(), exchange_, now, true, style);
      };
    } else if (stream.type == "orderbook") {
      build = [&](StreamStyle style) {
        return orderbook_message(market, exchange_, stream.level, code.depth, now, true, style);
      };
    } else if (stream.candle_unit) {
      const Candle* candle = market.candles().latest(*stream.candle_unit);
      if (candle == nullptr) continue;
      build = [&, candle](StreamStyle style) {
        return candle_message(market, stream.type, *candle, true, style);
      };
    }
    if (build) deliver(session, {stream.type, code.code, "snapshot"}, build);
  }
}

bool StreamHub::subscribed(const Session& session, std::string_view type, std::string_view code,
                           const StreamRequest** found) {
  for (const StreamRequest& stream : session.streams) {
    if (stream.type != type || !stream.realtime) continue;
    const bool all = stream.codes.empty();
    if (all || std::any_of(stream.codes.begin(), stream.codes.end(),
                           [code](const StreamCode& c) { return c.code == code; })) {
      if (found != nullptr) *found = &stream;
      return true;
    }
  }
  return false;
}

void StreamHub::on_order(const Order& order, std::string_view state, const Fill* fill) {
  const OrderEvent event{order, std::string(state),
                         fill != nullptr ? std::optional(*fill) : std::nullopt, clock_.now()};
  const auto sessions = sessions_;
  for (const auto& session : sessions) {
    if (session->account == order.account && session->is_private &&
        subscribed(*session, "myOrder", order.market, nullptr)) {
      deliver(session, {"myOrder", order.market, state},
              [&event](StreamStyle style) { return my_order_message(event, style); });
    }
  }
}

void StreamHub::on_assets(const Account& account, const std::vector<std::string>& currencies) {
  AssetEvent event{account.uuid(), {}, clock_.now()};
  for (const auto& currency : currencies) {
    event.assets.emplace_back(currency, account.balance(currency));
  }
  const auto sessions = sessions_;
  for (const auto& session : sessions) {
    if (session->account == account.name() && session->is_private &&
        subscribed(*session, "myAsset", "", nullptr)) {
      deliver(session, {"myAsset", "", ""},
              [&event](StreamStyle style) { return my_asset_message(event, style); });
    }
  }
}

void StreamHub::on_trade(Market& market, const PublicTrade& trade) {
  const Millis now = clock_.now();
  const auto sessions = sessions_;
  for (const auto& session : sessions) {
    if (subscribed(*session, "trade", market.code(), nullptr)) {
      deliver(session, {"trade", market.code(), ""}, [&](StreamStyle style) {
        return trade_message(market, trade, exchange_, now, false, style);
      });
    }
    if (subscribed(*session, "ticker", market.code(), nullptr)) {
      deliver(session, {"ticker", market.code(), ""},
              [&](StreamStyle style) { return ticker_message(market, now, false, style); });
    }
  }
}

void StreamHub::flush_books() {
  const auto changed = std::exchange(changed_books_, {});
  const auto sessions = sessions_;
  for (const auto& code : changed) {
    const Market& market = *markets_.find(code);
    for (const auto& session : sessions) {
      const StreamRequest* stream = nullptr;
      if (!subscribed(*session, "orderbook", code, &stream)) continue;
      const auto own = std::find_if(stream->codes.begin(), stream->codes.end(),
                                    [&code](const StreamCode& c) { return c.code == code; });
      const std::size_t depth = own->depth;
      const Decimal level = stream->level;
      deliver(session, {"orderbook", code, ""}, [&](StreamStyle style) {
        return orderbook_message(market, exchange_, level, depth, clock_.now(), false, style);
      });
    }
  }
}

void StreamHub::emit_candles() {
  const auto sessions = sessions_;
  for (const auto& session : sessions) {
    const auto streams = session->streams;
    for (const StreamRequest& stream : streams) {
      if (!stream.candle_unit || !stream.realtime) continue;
      for (const StreamCode& code : stream.codes) {
        send_candles(session, stream, *markets_.find(code.code));
      }
    }
  }
}

// The period before last gets its final update first, also after its end.
void StreamHub::send_candles(const std::shared_ptr<Session>& session, const StreamRequest& stream,
                             const Market& market) {
  auto candles = market.candles().newest(*stream.candle_unit, clock_.now() + kDay, 2);
  std::reverse(candles.begin(), candles.end());
  const std::string key = stream.type + market.code();
  for (const Candle& candle : candles) {
    CandleMark& mark = session->candles[key];
    const bool news = candle.start > mark.start ||
                      (candle.start == mark.start &&
                       (candle.volume != mark.volume || candle.last_trade != mark.last_trade));
    if (!news) continue;
    mark = {candle.start, candle.volume, candle.last_trade};
    deliver(session, {stream.type, market.code(), ""}, [&](StreamStyle style) {
      return candle_message(market, stream.type, candle, false, style);
    });
  }
}

void StreamHub::emit_status() {
  for (const auto& session : std::list(sessions_)) {
    if (session->wants_status) session->socket->send(R"({"status":"UP"})");
  }
}

void StreamHub::deliver(const std::shared_ptr<Session>& session, const StreamEvent& event,
                        const Builder& build) {
  if (!session->open) return;
  const Fault fault = faults_.match(event).value_or(Fault{});
  std::string message = build({is_simple(session->format), fault.spelling.numbers});
  if (is_list(session->format)) message = '[' + message + ']';
  switch (fault.action) {
    case FaultAction::kDrop:
      return;
    case FaultAction::kReset:
      return session->socket->reset();
    case FaultAction::kClose:
      return session->socket->close(1001);
    case FaultAction::kReorder:
      // Sent after the next message of its type, or a second later when nothing follows.
      release_held_back(*session);
      session->held_back = std::move(message);
      session->held_type = event.type;
      scheduler_.after(kLongestHoldBack, [this, session] { release_held_back(*session); });
      return;
    case FaultAction::kMalformed:
      message.resize(message.size() / 2);
      break;
    case FaultAction::kHuge:
      message.pop_back();
      message +=
          ",\"padding\":\"" + std::string(static_cast<std::size_t>(fault.bytes), 'x') + "\"}";
      break;
    case FaultAction::kWrongType:
      message = R"({"type":["x"],"code":5,"uuid":{},"timestamp":"late","trade_price":"n/a"})";
      break;
    default:
      break;
  }
  const std::int64_t copies = fault.action == FaultAction::kDuplicate
                                  ? 1 + std::clamp<std::int64_t>(fault.repeat, 1, 100)
                                  : 1;
  const bool differs = fault.action == FaultAction::kDiffer;
  const auto send_now = [this, session, message, copies, differs, type = std::string(event.type)] {
    for (std::int64_t i = 0; i < copies; ++i) write(*session, message);
    if (differs) write(*session, with_another_number(message));
    if (session->held_type == type) release_held_back(*session);
  };
  if (fault.delay_after > 0) {
    scheduler_.after(fault.delay_after, send_now);
  } else {
    send_now();
  }
}

void StreamHub::release_held_back(Session& session) {
  auto held = std::exchange(session.held_back, std::nullopt);
  if (held) write(session, std::move(*held));
}

void StreamHub::write(Session& session, std::string message) {
  if (!session.open) return;
  ++messages_sent_;
  session.socket->send(std::move(message));
}

void StreamHub::send_error(Session& session, const StreamError& error) {
  session.socket->send(error_message(error));
}

bool StreamHub::is_of(const Session& session, Which which) {
  return which == Which::kAll || (which == Which::kPrivate) == session.is_private;
}

std::size_t StreamHub::count(Which which) const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [which](const auto& session) { return is_of(*session, which); }));
}

std::size_t StreamHub::reset(Which which) {
  const std::size_t meant = count(which);
  for (const auto& session : std::list(sessions_)) {
    if (is_of(*session, which)) session->socket->reset();
  }
  return meant;
}

std::size_t StreamHub::close(Which which, unsigned short code) {
  for (const auto& session : std::list(sessions_)) {
    if (is_of(*session, which)) session->socket->close(code);
  }
  return count(which);
}

std::size_t StreamHub::mute(Which which) {
  for (const auto& session : std::list(sessions_)) {
    if (is_of(*session, which)) session->socket->mute();
  }
  return count(which);
}

std::size_t StreamHub::send(Which which, const std::string& payload, bool binary) {
  for (const auto& session : std::list(sessions_)) {
    if (is_of(*session, which)) session->socket->send(payload, binary);
  }
  return count(which);
}

std::size_t StreamHub::send_raw(Which which, const std::string& bytes) {
  for (const auto& session : std::list(sessions_)) {
    if (is_of(*session, which)) session->socket->send_raw(bytes);
  }
  return count(which);
}

}  // namespace everbit::upbit_sim
