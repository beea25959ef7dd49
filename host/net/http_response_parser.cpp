#include "net/http_response_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <utility>

#include "net/http_wire.h"

namespace everbit::net {

namespace http = boost::beast::http;

namespace {

constexpr int kMaxInterimResponses = 8;

bool is_interim(unsigned status) { return status >= 100 && status < 200 && status != 101; }

}  // namespace

class HttpResponseParser::Impl {
 public:
  using Parser = http::response_parser<http::string_body>;

  explicit Impl(const HttpLimits& limits) : limits_(limits) { begin(); }

  void begin();
  Progress feed(std::string_view bytes);
  Progress judge(const boost::system::error_code& error) const;
  // As much of the body was read as anybody wants.
  bool is_full() const {
    return limits_.cut_body && parser_->get().body().size() > limits_.body_bytes;
  }

  const HttpLimits limits_;
  std::optional<Parser> parser_;
  std::string pending_;  // an unfinished header line or chunk header
  int interim_responses_ = 0;
};

void HttpResponseParser::Impl::begin() {
  parser_.emplace();
  const auto header_limit = std::min<std::size_t>(limits_.header_bytes, 1024 * 1024);
  parser_->header_limit(static_cast<std::uint32_t>(header_limit));
  if (limits_.cut_body) {
    parser_->body_limit(boost::none);
  } else {
    parser_->body_limit(limits_.body_bytes);
  }
  parser_->eager(true);
}

HttpResponseParser::Progress HttpResponseParser::Impl::judge(
    const boost::system::error_code& error) const {
  if (!error) return parser_->is_done() ? Progress::kDone : Progress::kNeedMore;
  if (error == http::error::need_more) return Progress::kNeedMore;
  const bool too_large = error == http::error::header_limit || error == http::error::body_limit ||
                         error == http::error::buffer_overflow;
  return too_large ? Progress::kTooLarge : Progress::kBadResponse;
}

HttpResponseParser::Progress HttpResponseParser::Impl::feed(std::string_view bytes) {
  pending_.append(bytes);
  while (!pending_.empty()) {
    boost::system::error_code error;
    const std::size_t used = parser_->put(boost::asio::buffer(pending_), error);
    pending_.erase(0, used);
    const Progress progress = judge(error);
    if (progress == Progress::kDone && is_interim(parser_->get().result_int())) {
      if (++interim_responses_ > kMaxInterimResponses) return Progress::kBadResponse;
      begin();
      continue;
    }
    if (is_full()) return Progress::kDone;
    if (progress != Progress::kNeedMore) return progress;
    if (error == http::error::need_more || used == 0) {
      return pending_.size() > limits_.header_bytes ? Progress::kTooLarge : Progress::kNeedMore;
    }
  }
  return Progress::kNeedMore;
}

HttpResponseParser::HttpResponseParser(const HttpLimits& limits)
    : impl_(std::make_unique<Impl>(limits)) {}

HttpResponseParser::~HttpResponseParser() = default;

HttpResponseParser::Progress HttpResponseParser::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}

HttpResponseParser::Progress HttpResponseParser::end_of_data() {
  if (!impl_->parser_->got_some()) return Progress::kBadResponse;
  boost::system::error_code error;
  impl_->parser_->put_eof(error);
  const bool complete = !error && impl_->parser_->is_done() && impl_->pending_.empty();
  return complete ? Progress::kDone : Progress::kBadResponse;
}

bool HttpResponseParser::may_keep_connection() const {
  return impl_->parser_->is_done() && impl_->parser_->keep_alive() && impl_->pending_.empty();
}

HttpResponse HttpResponseParser::take() {
  auto message = impl_->parser_->release();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    const std::string_view name(field.name_string().data(), field.name_string().size());
    response.headers.push_back({to_lower(name), std::string(field.value())});
  }
  response.body = std::move(message.body());
  if (impl_->limits_.cut_body && response.body.size() > impl_->limits_.body_bytes) {
    response.body.resize(impl_->limits_.body_bytes);
  }
  response.date = parse_http_date(response.header("date"));
  return response;
}

}  // namespace everbit::net
