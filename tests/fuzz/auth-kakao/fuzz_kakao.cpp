// Answers of Kakao's servers, and whoever answers in their place: token, user, keys, id token.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth-kakao/answers.h"
#include "auth-kakao/id_token.h"
#include "auth-kakao/key_set.h"

using namespace everbit::auth_kakao;

namespace {

void require(bool good) {
  if (!good) std::abort();
}

eb_op_done answer(const std::uint8_t* data, std::size_t size, std::int32_t status) {
  eb_op_done done{};
  done.status = EB_OK;
  done.http_status = status;
  done.body = {data, size};
  return done;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::int32_t status : {200, 400, 401, 503}) {
    const auto done = answer(data, size, status);
    const auto token = read_token(done);
    require(status == 200 || std::holds_alternative<Ending>(token));
    const auto user = read_user(done);
    if (const auto* id = std::get_if<std::string>(&user)) {
      require(status == 200 && !id->empty() && id->size() < 20 && id->front() != '-');
    }
  }
  KeySet keys;
  (void)keys.replace(text, 1);
  if (const auto opened = IdToken::open(text)) {
    require(!opened->kid().empty());
    require(!opened->subject(nullptr, {"iss", "client", "nonce", 0}));
  }
  return 0;
}
