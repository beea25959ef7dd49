#include "plugins/auth/auth_plugin.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/random.h"
#include "integration/session/kakao_side.h"

namespace everbit::plugins {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using test::KakaoSide;
using testing::HasSubstr;

constexpr const char* kUri = "http://localhost:8082/api/v2/auth/callback";
// RFC 7636, appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "everbit-auth-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp: " + name);
  return name;
}

std::string sha256_of(const std::string& bytes) {
  std::array<std::uint8_t, 32> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return to_hex(digest);
}

// The plugin as the daemon loads it, and the provider over TLS.
class AuthPluginTest : public testing::Test {
 protected:
  AuthPluginTest() {
    io_.start();
    strands_.start();
    install();
    start({});
  }
  ~AuthPluginTest() override {
    plugin_.reset();
    kakao_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void start(const std::vector<std::string>& more) {
    plugin_.reset();
    kakao_ = std::make_unique<KakaoSide>(folder_, kUri, more);
    LoaderOptions loading;
    loading.lock = config::PluginsLock::load(folder_ / "plugins.lock").lock;
    loading.owner = Owner::kRootOrSelf;
    loading.probe.program = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "bin/everbit-plugin-probe";
    const auto loaded = Loader(std::move(loading)).load(file_, Kind::kAuth).value();
    AuthPlugin::Options options;
    options.params = {{"clientId", std::string(KakaoSide::kClientId)},
                      {"clientSecret", std::string(KakaoSide::kClientSecret)},
                      {"authUrl", kakao_->url()},
                      {"apiUrl", kakao_->url()}};
    options.ca_file = kakao_->ca_file();
    plugin_ = AuthPlugin::start(loaded, std::move(options), clock_, io_, strands_).value();
  }

  // The code that a user's consent gives.
  std::string code(std::string_view user = KakaoSide::kOwner) {
    const auto url = plugin_->authorize_url({"state", "nonce", kChallenge, kUri});
    const std::string back = kakao_->agree(url.value(), user);
    const auto at = back.find("code=") + 5;
    return back.substr(at, back.find('&', at) - at);
  }
  // Who it is, or the error's code.
  std::string login(std::string_view user = KakaoSide::kOwner, const std::string& nonce = "nonce",
                    const std::string& verifier = kVerifier) {
    return complete({code(user), nonce, verifier, kUri});
  }
  std::string complete(const LoginCallback& callback) {
    const auto subject = plugin_->complete(callback, Deadline::after(seconds(60)));
    return subject ? *subject : subject.error().code;
  }
  std::string login_with(std::string_view fault) {
    kakao_->control("/faults", fault);
    return login();
  }

  std::unique_ptr<KakaoSide> kakao_;
  std::unique_ptr<AuthPlugin> plugin_;

 private:
  void install() {
    const fs::path built = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "plugins/auth-kakao.so";
    std::ifstream in(built, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::string hash = sha256_of(bytes);
    file_ = folder_ / (hash + ".so");
    std::ofstream(file_, std::ios::binary) << bytes;
    fs::permissions(file_, fs::perms::owner_read);
    std::ofstream(folder_ / "plugins.lock")
        << "[[plugin]]\nid = \"kr.everbit.auth-kakao\"\nkind = \"auth\"\nsha256 = \"" << hash
        << "\"\ngrants = [\"eb.http/1\", \"eb.auth.host/1\"]\n";
  }

  const fs::path folder_ = make_folder();
  fs::path file_;
  SystemClock clock_;
  net::IoThreads io_{1, "io"};
  net::IoThreads strands_{1, "strands"};
};

TEST_F(AuthPluginTest, SaysWhoCameToTheLastDigit) {
  EXPECT_EQ(login(), KakaoSide::kOwner);
  EXPECT_EQ(login(KakaoSide::kStranger), KakaoSide::kStranger);
  EXPECT_EQ(login("123456789"), "123456789");
  EXPECT_EQ(kakao_->requests("jwks"), 1) << "keys are kept";
}

TEST_F(AuthPluginTest, TheAddressHasStateNonceAndChallengeAndNoScope) {
  const auto url = plugin_->authorize_url({"s&t", "n", kChallenge, kUri}).value();
  EXPECT_THAT(url, HasSubstr(kakao_->url() + "/oauth/authorize?response_type=code&client_id="));
  EXPECT_THAT(url, HasSubstr("&redirect_uri=http%3A%2F%2Flocalhost%3A8082%2Fapi%2Fv2%2Fauth%2F"));
  EXPECT_THAT(url, HasSubstr("&state=s%26t&nonce=n&code_challenge="));
  EXPECT_THAT(url, HasSubstr("&code_challenge_method=S256"));
  EXPECT_THAT(url, testing::Not(HasSubstr("scope")));
}

TEST_F(AuthPluginTest, WithoutAnIdTokenTheLoginGoesOn) {
  start({"--no-oidc"});
  EXPECT_EQ(login(), KakaoSide::kOwner);
  EXPECT_EQ(kakao_->requests("jwks"), 0);
}

TEST_F(AuthPluginTest, ACodeIsExchangedOnce) {
  const std::string given = code();
  EXPECT_EQ(complete({given, "nonce", kVerifier, kUri}), KakaoSide::kOwner);
  EXPECT_EQ(complete({given, "nonce", kVerifier, kUri}), "KAKAO_TOKEN_ERROR");
  EXPECT_EQ(kakao_->requests("token"), 2);
}

TEST_F(AuthPluginTest, AnotherVerifierOrNonceGetsNobodyIn) {
  EXPECT_EQ(login(KakaoSide::kOwner, "nonce", "another"), "KAKAO_TOKEN_ERROR");
  EXPECT_EQ(login(KakaoSide::kOwner, "another"), "KAKAO_TOKEN_ERROR");
}

// Attack 7: id tokens that somebody else made, or made for somebody else.
TEST_F(AuthPluginTest, AnIdTokenThatIsNotForUsGetsNobodyIn) {
  for (const char* wrong :
       {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"bad_signature":true})",
        R"({"iss":"https://evil.example"})", R"({"aud":"ffffffffffffffffffffffffffffffff"})",
        R"({"nonce":"another"})", R"({"exp_in":-3600})", R"({"sub":""})"}) {
    EXPECT_EQ(login_with(R"({"on":"token","count":1,"id_token":)" + std::string(wrong) + "}"),
              "KAKAO_TOKEN_ERROR")
        << wrong;
  }
  EXPECT_EQ(login_with(R"({"on":"token","count":1,"id_token":{"sub":"123456789"}})"),
            "KAKAO_USER_ERROR")
      << "the id token names somebody else than the user endpoint";
  EXPECT_EQ(login(), KakaoSide::kOwner);
}

TEST_F(AuthPluginTest, AnUnknownKeyIsLookedUpOnceAMinute) {
  ASSERT_EQ(login(), KakaoSide::kOwner);
  kakao_->control("/rotate", "{}");
  kakao_->control("/rotate", "{}");
  EXPECT_EQ(login(), "KAKAO_TOKEN_ERROR") << "read a moment ago, so not again";
  EXPECT_EQ(kakao_->requests("jwks"), 1);
}

TEST_F(AuthPluginTest, WhatKakaoSaysOfItselfIsToldFromWhatItSaysOfUs) {
  const auto with = [](const char* on, const char* rest) {
    return std::string(R"({"on":")") + on + R"(","count":1,"action":"respond",)" + rest + "}";
  };
  EXPECT_EQ(login_with(with("token", R"("status":500)")), "UNAVAILABLE");
  EXPECT_EQ(login_with(with("token", R"("status":200,"body":"<html>","content_type":"text/html")")),
            "KAKAO_TOKEN_ERROR");
  EXPECT_EQ(login_with(with("token", R"("status":400,"body":"{\"error_code\":\"KOE237\"}")")),
            "UNAVAILABLE");
  EXPECT_EQ(login_with(with("token", R"("status":400,"body":"{\"error_code\":\"KOE303\"}")")),
            "KAKAO_TOKEN_ERROR");
  EXPECT_EQ(login_with(with("token", R"("status":401,"body":"{\"error_code\":\"KOE010\"}")")),
            "KAKAO_TOKEN_ERROR");
  EXPECT_EQ(login_with(with("user", R"("status":400,"body":"{\"msg\":\"x\",\"code\":-1}")")),
            "UNAVAILABLE");
  EXPECT_EQ(login_with(with("user", R"("status":503,"body":"{\"code\":-9798}")")), "UNAVAILABLE");
  EXPECT_EQ(login_with(with("user", R"("status":401,"body":"{\"code\":-401}")")),
            "KAKAO_USER_ERROR");
}

TEST_F(AuthPluginTest, AnswersThatAreCutOrOddGetNobodyIn) {
  EXPECT_EQ(login_with(R"({"on":"token","count":1,"action":"cut_before"})"), "UNAVAILABLE");
  EXPECT_EQ(login_with(R"({"on":"token","count":1,"action":"cut_after"})"), "UNAVAILABLE");
  EXPECT_EQ(login_with(R"({"on":"token","count":1,"action":"truncate"})"), "KAKAO_TOKEN_ERROR");
  EXPECT_EQ(login_with(R"({"on":"user","count":1,"action":"truncate"})"), "KAKAO_USER_ERROR");
  for (const char* shape : {"no_id", "text_id", "two_ids"}) {
    EXPECT_EQ(login_with(R"({"on":"user","count":1,"shape":")" + std::string(shape) + "\"}"),
              "KAKAO_USER_ERROR")
        << shape;
  }
  EXPECT_EQ(login_with(R"({"on":"user","count":1,"shape":"huge"})"), "UNAVAILABLE");
  EXPECT_EQ(login_with(R"({"on":"user","count":1,"id":"-5"})"), "KAKAO_USER_ERROR");
  EXPECT_EQ(login(), KakaoSide::kOwner);
}

TEST_F(AuthPluginTest, WhoeverWaitsIsToldAtTheDeadline) {
  kakao_->control("/faults", R"({"on":"token","count":1,"delay_ms":60000})");
  const auto subject = plugin_->complete({code(), "nonce", kVerifier, kUri},
                                         Deadline::after(std::chrono::milliseconds(300)));
  EXPECT_EQ(subject.error().code, "UNAVAILABLE");
}

TEST_F(AuthPluginTest, ManyComeAtOnce) {
  std::vector<std::string> who(8);
  std::vector<std::string> codes;
  for (std::size_t n = 0; n < who.size(); ++n) codes.push_back(code());
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < who.size(); ++n) {
    threads.emplace_back([&, n] { who[n] = complete({codes[n], "nonce", kVerifier, kUri}); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(who, testing::Each(std::string(KakaoSide::kOwner)));
}

}  // namespace
}  // namespace everbit::plugins
