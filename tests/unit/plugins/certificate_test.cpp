#include "plugins/certificate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace everbit::plugins {
namespace {

namespace fs = std::filesystem;

// A store with one certificate.
class CertificateTest : public testing::Test {
 protected:
  CertificateTest() {
    std::string name = (fs::temp_directory_path() / "everbit-certificate-XXXXXX").string();
    store_ = ::mkdtemp(name.data());
  }
  ~CertificateTest() override { fs::remove_all(store_); }

  void write(std::string_view json) {
    std::ofstream(path_of_it()) << json;
    ::chmod(path_of_it().c_str(), 0644);
  }
  fs::path path_of_it() const { return certificate_path(store_, sha256_); }

  // As `everbit verify` writes it, with one text replaced.
  static std::string certificate(const std::string& from = "", const std::string& to = "") {
    std::string json =
        R"({"certificate":"everbit-verify","verifyVersion":1,"strategyId":"kr.test","sha256":")" +
        std::string(64, '5') +
        R"(","passed":true,"checks":{"prefix":{"passed":true,"detail":"x"},)"
        R"("determinism":{"passed":true},"restore":{"passed":true},"warm-up":{"passed":true},)"
        R"("cost":{"passed":true}},"params":[],"candles":{}})";
    if (!from.empty()) json.replace(json.find(from), from.size(), to);
    return json;
  }

  void expect_refused(const std::string& why) {
    const auto judged = require_certificate(store_, sha256_, Owner::kRootOrSelf);
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().code, "NO_CERTIFICATE");
    EXPECT_NE(judged.error().message.find(why), std::string::npos) << judged.error().message;
    EXPECT_NE(judged.error().message.find("everbit verify"), std::string::npos);
  }

  fs::path store_;
  std::string sha256_ = std::string(64, '5');
};

TEST_F(CertificateTest, WhatVerifyWritesIsAccepted) {
  write(certificate());
  const auto judged = require_certificate(store_, sha256_, Owner::kRootOrSelf);
  EXPECT_TRUE(judged) << judged.error().message;
}

TEST_F(CertificateTest, MissingOneIsNoCertificate) { expect_refused("does not exist"); }

TEST_F(CertificateTest, OfAnotherFileUnderThisNameIsRefused) {
  write(certificate(sha256_, std::string(64, '6')));
  expect_refused("is that of another file");
}

TEST_F(CertificateTest, OfOlderChecksIsExpired) {
  write(certificate(R"("verifyVersion":1)", R"("verifyVersion":0)"));
  expect_refused("another version of the checks");
}

TEST_F(CertificateTest, EachCheckMustStandInIt) {
  for (const std::string check : {"prefix", "determinism", "restore", "warm-up", "cost"}) {
    write(certificate("\"" + check + "\"", "\"other\""));
    expect_refused("the check " + check + " was passed");
    write(certificate("\"" + check + R"(":{"passed":true)", "\"" + check + R"(":{"passed":false)"));
    expect_refused("the check " + check + " was passed");
  }
}

TEST_F(CertificateTest, ChecksThatPassedInAWholeThatDidNotAreRefused) {
  write(certificate(R"("passed":true,"checks")", R"("passed":false,"checks")"));
  expect_refused("says that it is not passed");
}

TEST_F(CertificateTest, TextThatIsNoCertificateIsRefused) {
  for (const char* text : {"x", "[]", "null", R"({"sha256":1})", R"({"certificate":"mine"})"}) {
    write(text);
    expect_refused("is no certificate");
  }
  write(certificate(R"("checks":{)", R"("checks":[],"more":{)"));
  expect_refused("the check prefix");
}

TEST_F(CertificateTest, OneThatOthersMayWriteProvesNothing) {
  write(certificate());
  ::chmod(path_of_it().c_str(), 0664);
  expect_refused("its group or others may write it");
}

TEST_F(CertificateTest, LinkToACertificateIsRefused) {
  write(certificate());
  fs::rename(path_of_it(), store_ / "elsewhere");
  fs::create_symlink(store_ / "elsewhere", path_of_it());
  expect_refused("symbolic link");
}

TEST_F(CertificateTest, HugeFileIsNotParsed) {
  write(std::string(300'000, ' '));
  expect_refused("is too large");
}

}  // namespace
}  // namespace everbit::plugins
