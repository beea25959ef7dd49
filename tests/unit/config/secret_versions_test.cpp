#include "config/secret_versions.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace everbit::config {
namespace {

const std::string kBytes(32, 'a');
const std::string kText = base64_encode(kBytes);

std::string code_of(const std::string& text) {
  const auto parsed = parse_secret_versions("X", Secret(text), 32);
  return parsed ? "" : parsed.error().code;
}

TEST(SecretVersions, ABareValueHasTheId1) {
  const auto versions = parse_secret_versions("X", Secret(kText), 32);
  ASSERT_TRUE(versions);
  ASSERT_EQ(versions->size(), 1U);
  EXPECT_EQ(versions->front().id, "1");
  EXPECT_EQ(versions->front().bytes.reveal(), kBytes);
}

TEST(SecretVersions, TheFirstMakesNewValues) {
  const std::string other = base64_encode(std::string(40, 'b'));
  const auto versions = parse_secret_versions("X", Secret("2026-07:" + other + ",1:" + kText), 32);
  ASSERT_TRUE(versions);
  ASSERT_EQ(versions->size(), 2U);
  EXPECT_EQ((*versions)[0].id, "2026-07");
  EXPECT_EQ((*versions)[1].id, "1");
}

TEST(SecretVersions, WhatIsOddIsRefusedAndNeverQuoted) {
  EXPECT_EQ(parse_secret_versions("X", Secret(), 32).error().code, "SECRET_MISSING");
  EXPECT_EQ(code_of(base64_encode(std::string(31, 'a'))), "SECRET_SHORT");
  for (const std::string& odd :
       {std::string("not base64!"), kText + ",", "," + kText, ":" + kText, "a b:" + kText,
        "1:" + kText + ",1:" + kText, kText + "," + kText, std::string(33, 'i') + ":" + kText}) {
    EXPECT_EQ(code_of(odd), "SECRET_SYNTAX") << odd;
    const auto parsed = parse_secret_versions("X", Secret(odd), 32);
    EXPECT_EQ(parsed.error().message.find(kText), std::string::npos);
  }
}

}  // namespace
}  // namespace everbit::config
