// Tokens and cookies that a stranger sends, and tokens with a good signature over anything: what is
// read is whole and says what this host would have written.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "crypto/mac.h"
#include "session/cookies.h"
#include "session/login_cookie.h"
#include "session/tokens.h"

using everbit::base64url_encode;
using everbit::Secret;
using everbit::session::LoginCookie;
using everbit::session::Tokens;

namespace {

const Secret kKey(std::string(32, 'k'));
const std::vector<everbit::config::SecretVersion> kKeys{{"1", kKey}};
const everbit::ManualClock kClock;

void require(bool good) {
  if (!good) std::abort();
}

void read(const Tokens& tokens, std::string_view token) {
  if (const auto access = tokens.read_access(token)) {
    require(kClock.now() < access->expires + Tokens::kLeeway);
    require(token.find_first_of("=+/ \r\n") == std::string_view::npos);
  }
  if (const auto refresh = tokens.read_refresh(token)) {
    require(refresh->generation > 0 && kClock.now() < refresh->expires);
  }
}

std::string signed_token(std::string_view header, std::string_view claims) {
  std::string token = base64url_encode(header) + "." + base64url_encode(claims);
  return token + "." + base64url_encode(everbit::crypto::hmac_sha256(kKey, token));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Tokens tokens(kKeys, kKeys, kClock);
  static const LoginCookie cookie(kKeys);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read(tokens, text);
  for (const char* typ : {"at+jwt", "rt+jwt"}) {
    const std::string header = std::string(R"({"alg":"HS256","kid":"1","typ":")") + typ + "\"}";
    read(tokens, signed_token(header, text));
  }
  read(tokens, signed_token(text.substr(0, size / 2), text.substr(size / 2)));
  const std::string state(43, 's');
  require(!cookie.open(text, state, kClock.now()));
  (void)LoginCookie::name_of(text);
  if (const auto found = everbit::session::find_cookie(text, "a")) {
    require(found->find(';') == std::string::npos);
  }
  return 0;
}
