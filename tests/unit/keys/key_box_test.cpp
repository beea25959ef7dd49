#include "keys/key_box.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "crypto/sealed_box.h"

namespace everbit::keys {
namespace {

const Uuid kOwner = Uuid::parse("0190a0b1-0000-7000-8000-000000000001").value();
const Uuid kOther = Uuid::parse("0190a0b1-0000-7000-8000-000000000002").value();

std::string master(char fill) { return base64_encode(std::string(31, fill) + "x"); }

KeyBox box_of(const std::string& text) {
  return KeyBox::make(
             config::parse_secret_versions("UPBIT_KEY_MASTER_KEY", Secret(text), 32).value())
      .value();
}

std::string fault_of(const std::string& text) {
  auto versions = config::parse_secret_versions("UPBIT_KEY_MASTER_KEY", Secret(text), 1);
  if (!versions) return versions.error().code;
  const auto box = KeyBox::make(std::move(*versions));
  return box ? "" : box.error().code;
}

ExchangeKeyPair sample() { return {Secret("the access key"), Secret("the secret key")}; }

TEST(KeyBox, WhatIsSealedOpensAgainAndShowsNothing) {
  const KeyBox box = box_of(master('a'));
  const SealedKeyPair sealed = box.seal(sample(), kOwner);
  EXPECT_EQ(sealed.version, 1) << "a bare value has id 1";
  EXPECT_EQ(sealed.access_key.size(), 12U + 14 + 16);
  EXPECT_EQ(sealed.secret_key.find("secret"), std::string::npos);
  const auto opened = box.open(sealed, kOwner);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->access_key.reveal(), "the access key");
  EXPECT_EQ(opened->secret_key.reveal(), "the secret key");
  EXPECT_NE(box.seal(sample(), kOwner).access_key, sealed.access_key) << "a fresh nonce each time";
}

// Page 60 fixes the bytes, so that another program can read the table.
TEST(KeyBox, TheAuthenticatedTextIsThatOfThePage) {
  const KeyBox box = box_of("7:" + master('a'));
  const SealedKeyPair sealed = box.seal(sample(), kOwner);
  const Secret key(std::string(31, 'a') + "x");
  const std::string context = std::string("everbit-upbit-key\x1f") + kOwner.to_string() +
                              "\x1f"
                              "7"
                              "\x1f"
                              "access_key";
  EXPECT_EQ(crypto::open(key, sealed.access_key, context), "the access key");
}

TEST(KeyBox, TheNewestVersionSealsAndTheOlderOnesStillOpen) {
  const SealedKeyPair old = box_of("1:" + master('a')).seal(sample(), kOwner);
  const KeyBox both = box_of("2:" + master('b') + ",1:" + master('a'));
  EXPECT_TRUE(both.open(old, kOwner));
  const SealedKeyPair fresh = both.seal(sample(), kOwner);
  EXPECT_EQ(fresh.version, 2);
  EXPECT_TRUE(box_of("2:" + master('b')).open(fresh, kOwner));
}

TEST(KeyBox, AVersionThatIsGoneIsUnreadableAndNoCrash) {
  const SealedKeyPair old = box_of("1:" + master('a')).seal(sample(), kOwner);
  EXPECT_EQ(box_of("2:" + master('b')).open(old, kOwner).error().code, "KEY_UNREADABLE");
  EXPECT_EQ(box_of("1:" + master('b')).open(old, kOwner).error().code, "KEY_UNREADABLE");
}

TEST(KeyBox, NoCellOpensInThePlaceOfAnother) {
  const KeyBox box = box_of("2:" + master('a') + ",1:" + master('a').replace(0, 1, "Z"));
  const SealedKeyPair sealed = box.seal(sample(), kOwner);
  EXPECT_FALSE(box.open(sealed, kOther)) << "another owner's row";
  SealedKeyPair swapped = sealed;
  std::swap(swapped.access_key, swapped.secret_key);
  EXPECT_FALSE(box.open(swapped, kOwner)) << "another column";
  SealedKeyPair older = sealed;
  older.version = 1;
  EXPECT_FALSE(box.open(older, kOwner)) << "another version";
  for (std::size_t i = 0; i < sealed.secret_key.size(); ++i) {
    SealedKeyPair touched = sealed;
    touched.secret_key[i] = static_cast<char>(touched.secret_key[i] ^ 1);
    EXPECT_FALSE(box.open(touched, kOwner)) << i;
  }
  EXPECT_FALSE(box.open({1, "", ""}, kOwner));
}

TEST(KeyBox, MasterKeysHaveThirtyTwoBytesAndANumber) {
  EXPECT_EQ(fault_of(base64_encode(std::string(31, 'a'))), "SECRET_SHORT");
  EXPECT_EQ(fault_of(base64_encode(std::string(33, 'a'))), "SECRET_SHORT");
  for (const char* id : {"a", "0", "01", "-1", "1x", "99999999999"}) {
    EXPECT_EQ(fault_of(std::string(id) + ":" + master('a')), "SECRET_SYNTAX") << id;
  }
}

}  // namespace
}  // namespace everbit::keys
