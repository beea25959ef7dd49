#include "plugin.hpp"

#include <memory>
#include <string>

#include "auth-kakao/login.h"
#include "auth-kakao/requests.h"
#include "auth-kakao/settings.h"
#include "eb.hpp"
#include "everbit/ext/auth.h"
#include "everbit/manifest.h"

EB_MANIFEST(
    "generation=1\n"
    "kind=auth\n"
    "id=kr.everbit.auth-kakao\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.http/1\n"
    "requires=eb.auth.host/1\n");

namespace everbit::auth_kakao {

class Kakao {
 public:
  Kakao(const eb::Host& host, const eb_create_args& args)
      : logins_(std::make_unique<Logins>(host, read_settings(args))) {}

  void on_event(const eb_event& event) {
    if (event.type != EB_EVENT_OP_DONE || event.size < sizeof(eb_op_done)) return;
    logins_->on_done(reinterpret_cast<const eb_op_done&>(event));
  }

  static const void* extension(std::string_view id) noexcept;

 private:
  static eb_status write_url(void* self, const eb_auth_begin* begin, const eb_sink* url) noexcept {
    if (self == nullptr || begin == nullptr || url == nullptr || !EB_HAS(begin, redirect_uri) ||
        !EB_HAS(url, write) || url->write == nullptr) {
      return EB_ERR_ARGUMENT;
    }
    const auto& instance = eb::Instance<Kakao>::of(self);
    return eb::guard(instance.host, [&] {
      const std::string text = authorize_url(instance.plugin.logins_->settings(), *begin);
      return url->write(url->ctx, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    });
  }

  static eb_status complete(void* self, const eb_auth_callback* callback) noexcept {
    if (self == nullptr || callback == nullptr || !EB_HAS(callback, redirect_uri)) {
      return EB_ERR_ARGUMENT;
    }
    return eb::Instance<Kakao>::in_state(self, eb::Life::kRunning, [&](auto& instance) {
      return instance.plugin.logins_->begin(*callback);
    });
  }

  static const eb_auth_v1 kTable;

  std::unique_ptr<Logins> logins_;
};

const eb_auth_v1 Kakao::kTable = {sizeof(eb_auth_v1), 0, &Kakao::write_url, &Kakao::complete};

const void* Kakao::extension(std::string_view id) noexcept {
  return id == EB_EXT_AUTH ? &kTable : nullptr;
}

}  // namespace everbit::auth_kakao

EB_PLUGIN(everbit::auth_kakao::Kakao)
