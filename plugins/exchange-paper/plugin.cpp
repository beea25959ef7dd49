#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "everbit/ext/exchange_local.h"
#include "everbit/ext/state.h"
#include "everbit/manifest.h"
#include "exchange-paper/messages.h"
#include "exchange-paper/saved.h"
#include "exchange-paper/server.h"
#include "exchange-paper/stream.h"
#include "exchange-upbit/codec_table.h"
#include "exchange-upbit/text.h"

EB_MANIFEST(
    "generation=1\n"
    "kind=exchange\n"
    "id=kr.everbit.exchange-paper\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.decimal/1\n"
    "state=exchange-paper:1:1\n");

namespace everbit::exchange_paper {
namespace {

namespace upbit = exchange_upbit;

constexpr int kBookDepth = 30;

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// All of them must be given: an account with money that nobody named is none that anybody wanted.
Rules rules_of(const eb::DecimalMath& math, const eb_create_args& args) {
  std::array<std::string_view, 4> values{};
  constexpr std::array<std::string_view, 4> kKeys{"account", "fee_rate", "min_total", "start_krw"};
  for (const eb_field& param : std::span(args.params, args.n_params)) {
    const auto at = std::find(kKeys.begin(), kKeys.end(), eb::view(param.key));
    if (at == kKeys.end()) {
      throw eb::Failure(EB_ERR_UNKNOWN_KEY,
                        std::string("unknown setting ").append(eb::view(param.key)));
    }
    values.at(static_cast<std::size_t>(at - kKeys.begin())) = eb::view(param.value);
  }
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    if (!values.at(i).empty()) continue;
    throw eb::Failure(EB_ERR_ARGUMENT,
                      std::string("exchange-paper only simulates fills, for mode PAPER: it needs "
                                  "the setting ")
                          .append(kKeys.at(i)));
  }
  Rules rules;
  rules.account = values[0];
  if (rules.account.size() != 32 || !is_hex(rules.account)) {
    throw eb::Failure(EB_ERR_ARGUMENT, "account: not 32 hex digits");
  }
  rules.fee_rate = math.parse(values[1]);
  rules.min_total = eb::Money(math.parse(values[2]));
  rules.start_krw = eb::Money(math.parse(values[3]));
  const bool sane = eb_dec_sign(rules.fee_rate) >= 0 &&
                    eb_dec_compare(rules.fee_rate, eb_dec_from_int(1)) < 0 &&
                    rules.min_total.is_positive() && rules.start_krw.is_positive();
  if (!sane) throw eb::Failure(EB_ERR_RANGE, "fee_rate, min_total or start_krw out of range");
  return rules;
}

}  // namespace

// One instance: Upbit's codec, and the exchange that answers what the codec makes for the account.
// The codec's part is for any thread, the exchange's for the strand.
class Paper {
 public:
  Paper(const eb::Host& host, const eb_create_args& args)
      : codec_(host), parts_(std::make_unique<Parts>(host, codec_, args)) {
    codec_.book_depth = kBookDepth;
  }

  const upbit::Codec& codec() const { return codec_; }

  static const void* extension(std::string_view id) noexcept;

 private:
  struct Parts {
    eb::DecimalMath math;
    Exchange exchange;
    Server server;

    Parts(const eb::Host& host, const upbit::Codec& codec, const eb_create_args& args)
        : math(host),
          exchange(math, rules_of(math, args)),
          server(math, *codec.decimal, exchange) {}
  };

  template <class Body>
  static eb_status running(void* self, bool given, Body&& body) noexcept {
    if (!given) return EB_ERR_ARGUMENT;
    return eb::Instance<Paper>::in_state(self, eb::Life::kRunning,
                                         [&](eb::Instance<Paper>& it) { return body(it.plugin); });
  }

  static eb_status emit(const FrameWriter& writer, const eb_local_sink& sink) {
    for (const std::string& frame : writer.frames()) {
      const eb_bytes bytes{reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()};
      if (const eb_status status = sink.frame(sink.ctx_host, bytes); status != EB_OK) return status;
    }
    return EB_OK;
  }

  static eb_status serve(void* self, const eb_local_request* request,
                         const eb_local_sink* sink) noexcept {
    const bool given = request != nullptr && EB_HAS(request, now) && is_whole(sink);
    return running(self, given, [=](Paper& paper) {
      const upbit::ScratchPool::Lease scratch(*paper.codec_.pool);
      FrameWriter writer(paper.parts_->math);
      const Answer answer =
          paper.parts_->server.serve({eb::view(request->method), eb::view(request->target),
                                      upbit::view(request->body), request->now},
                                     *scratch, writer);
      const std::string left =
          std::string("group=").append(answer.group).append("; min=1800; sec=10");
      const std::array headers{
          eb_field{eb::str("content-type"), eb::str("application/json; charset=utf-8")},
          eb_field{eb::str("remaining-req"), eb::str(left)}};
      auto told = upbit::make<eb_local_answer>();
      told.http_status = answer.status;
      told.n_headers = headers.size();
      told.headers = headers.data();
      told.body = {reinterpret_cast<const std::uint8_t*>(answer.body.data()), answer.body.size()};
      const eb_status status = sink->answer(sink->ctx_host, &told);
      return status == EB_OK ? emit(writer, *sink) : status;
    });
  }

  static eb_status observe(void* self, eb_bytes frame, eb_ts now,
                           const eb_local_sink* sink) noexcept {
    return running(self, is_whole(sink), [=](Paper& paper) {
      const upbit::ScratchPool::Lease scratch(*paper.codec_.pool);
      FrameWriter writer(paper.parts_->math);
      exchange_paper::observe(upbit::view(frame), now, *paper.codec_.decimal, *scratch,
                              paper.parts_->exchange, writer);
      return emit(writer, *sink);
    });
  }

  static eb_status missed(void* self) noexcept {
    return running(self, true, [](Paper& paper) {
      paper.parts_->exchange.forget_books();
      return EB_OK;
    });
  }

  static std::uint64_t revision(void* self) noexcept {
    return self == nullptr ? 0 : eb::Instance<Paper>::of(self).plugin.parts_->exchange.revision();
  }

  static eb_status save_state(void* self, const eb_sink* blob) noexcept {
    if (self == nullptr || blob == nullptr || !EB_HAS(blob, write)) return EB_ERR_ARGUMENT;
    auto& instance = eb::Instance<Paper>::of(self);
    if (instance.life == eb::Life::kStopped) {
      return eb::Instance<Paper>::refuse_state(instance.host);
    }
    return eb::guard(instance.host,
                     [&] { save(instance.plugin.parts_->exchange.records(), *blob); });
  }

  static eb_status load_state(void* self, std::uint32_t version, const eb_source* blob) noexcept {
    if (blob == nullptr || !EB_HAS(blob, read)) return EB_ERR_ARGUMENT;
    return eb::Instance<Paper>::in_state(
        self, eb::Life::kCreated, [=](eb::Instance<Paper>& instance) {
          instance.plugin.parts_->exchange.restore(load(version, *blob));
        });
  }

  static bool is_whole(const eb_local_sink* sink) {
    return sink != nullptr && EB_HAS(sink, frame) && sink->answer != nullptr &&
           sink->frame != nullptr;
  }

  static const eb_exchange_local_v1 kLocal;
  static const eb_state_v1 kState;

  upbit::Codec codec_;
  // Behind a pointer, because they point at each other and the instance is moved once.
  std::unique_ptr<Parts> parts_;
};

const eb_exchange_local_v1 Paper::kLocal = {
    sizeof(eb_exchange_local_v1),
    EB_STREAM_BOOK | EB_STREAM_TRADE,
    &Paper::serve,
    &Paper::observe,
    &Paper::missed,
    &Paper::revision,
};

const eb_state_v1 Paper::kState = {
    sizeof(eb_state_v1), kStateVersion, {kStateSchema, 14}, &Paper::save_state, &Paper::load_state,
};

const void* Paper::extension(std::string_view id) noexcept {
  if (id == EB_EXT_EXCHANGE) return &upbit::CodecTable<Paper>::kTable;
  if (id == EB_EXT_EXCHANGE_LOCAL) return &kLocal;
  return id == EB_EXT_STATE ? &kState : nullptr;
}

}  // namespace everbit::exchange_paper

EB_PLUGIN(everbit::exchange_paper::Paper)
