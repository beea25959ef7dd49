#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "notify-webpush/keys.h"

namespace everbit::notify_webpush {

// "https://push.example.net" of an endpoint: host in lower case, the port only when it is not 443.
// Empty when it is no https address.
std::optional<std::string> origin_of(std::string_view endpoint);

// Who sends, proved to push services (RFC 8292): a token for each origin, made for twelve hours and
// used until an hour is left, because to verify one costs a service something. One strand.
class Vapid {
 public:
  // Empty unless the keys (base64) are a pair and the subject is a mailto: or https: address that
  // every service takes.
  static std::optional<Vapid> make(std::string_view subject, std::string_view public_key,
                                   std::string_view private_key);

  // The Authorization header for an origin; `now` in seconds since 1970.
  const std::string& authorization(const std::string& origin, std::int64_t now);

 private:
  struct Token {
    std::string origin;
    std::int64_t good_until;
    std::string header;
  };
  static constexpr std::size_t kMostTokens = 32;

  Vapid(std::string subject, std::string point, Key key)
      : subject_(std::move(subject)), point_(std::move(point)), key_(std::move(key)) {}
  std::string make_header(const std::string& origin, std::int64_t expires) const;

  std::string subject_;
  std::string point_;
  Key key_;
  std::list<Token> tokens_;  // the newest first
};

// Whether push services take it as a subject.
bool is_subject(std::string_view subject);

}  // namespace everbit::notify_webpush
