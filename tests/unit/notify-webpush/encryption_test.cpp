#include "notify-webpush/encryption.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "notify-webpush/base64.h"
#include "unit/notify-webpush/rfc8291.h"

namespace everbit::notify_webpush {
namespace {

std::string bytes(std::string_view base64) { return decode_base64(base64).value(); }

std::string hex(std::string_view data) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : data) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return hex(digest);
}

// HKDF's first step, whose outcome hkdf() does not show.
std::string extract(std::string_view salt, std::string_view input) {
  std::string out(32, '\0');
  HMAC(EVP_sha256(), salt.data(), static_cast<int>(salt.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(),
       reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return base64url(out);
}

struct Rfc8291 : testing::Test {
  Key sender = import_pair(bytes(rfc8291::kSenderScalar), bytes(rfc8291::kSenderPoint));
  Key receiver_pair = import_pair(bytes(rfc8291::kReceiverScalar), bytes(rfc8291::kReceiverPoint));
  Receiver receiver = parse_receiver(rfc8291::kReceiverPoint, rfc8291::kAuth).value();
  std::string salt = bytes(rfc8291::kSalt);

  std::string body_of(std::string_view plain, std::size_t padding = 0) const {
    return encrypt_with(plain, receiver, *sender, salt, padding);
  }
  std::string record_of(std::string_view plain, std::size_t padding = 0) const {
    return base64url(body_of(plain, padding).substr(86));
  }
};

TEST_F(Rfc8291, EveryIntermediateValueIsThatOfTheAppendix) {
  ASSERT_TRUE(sender && receiver_pair);
  const std::string secret = shared_secret(*sender, *receiver.key);
  EXPECT_EQ(base64url(secret), rfc8291::kSecret);
  EXPECT_EQ(base64url(shared_secret(*receiver_pair, *import_point(bytes(rfc8291::kSenderPoint)))),
            rfc8291::kSecret);
  EXPECT_EQ(extract(bytes(rfc8291::kAuth), secret), rfc8291::kPrkKey);
  EXPECT_EQ(extract(salt, bytes(rfc8291::kInputKey)), rfc8291::kPrk);
  EXPECT_EQ(base64url(hkdf(bytes(rfc8291::kAuth), secret, bytes(rfc8291::kKeyInfo), 32)),
            rfc8291::kInputKey);
  EXPECT_EQ(base64url(message_key(receiver, *sender)), rfc8291::kInputKey);
  EXPECT_EQ(base64url(hkdf(salt, bytes(rfc8291::kInputKey), bytes(rfc8291::kCekInfo), 16)),
            rfc8291::kContentKey);
  EXPECT_EQ(base64url(hkdf(salt, bytes(rfc8291::kInputKey), bytes(rfc8291::kNonceInfo), 12)),
            rfc8291::kNonce);
  const ContentKey content = content_key(salt, bytes(rfc8291::kInputKey));
  EXPECT_EQ(base64url(content.key), rfc8291::kContentKey);
  EXPECT_EQ(base64url(content.nonce), rfc8291::kNonce);
  EXPECT_EQ(base64url(seal_aes128(content.key, content.nonce, bytes(rfc8291::kDelimited))),
            rfc8291::kRecord);
}

TEST_F(Rfc8291, TheWholeBodyIsThatOfSectionFive) {
  const std::string body = body_of(bytes(rfc8291::kPlain));
  EXPECT_EQ(body.size(), 144U);
  EXPECT_EQ(base64url(body), rfc8291::kBody);
  EXPECT_EQ(base64url(body.substr(0, 86)), rfc8291::kHeader);
}

// Reference C5.4, made with http_ece.
TEST_F(Rfc8291, MoreTextsAreAsHttpEceEncryptsThem) {
  EXPECT_EQ(record_of(""), "p1gPSRS1XkN9hEVCx_GBFHA");
  EXPECT_EQ(record_of("주문 접수: KRW-BTC 매수"),
            "SVwH3s5quvqBLT8G4eAFdM9SqZePdkpCQjf09HnYGcvcbYiT0lIaz1JSMZBvJQ");
  EXPECT_EQ(
      record_of(bytes(rfc8291::kPlain), 16),
      "8pfeW0KbunFT06SuDKoJH9Ql87S1QUrdirN6GcG7sFz1y1sqLgVi1Vhjkq5_r-A7eW-FeIFl0-rLFSg7XPx6TQnUv1jd"
      "0tUf7TA");
  EXPECT_EQ(body_of(std::string(3993, 'A')).size(), 4096U);
  EXPECT_EQ(sha256(body_of("")),
            "0ebb6cb348d90769aedd33e79cb7ce3ca02c9e677fd42d322d920617e1b53654");
  EXPECT_EQ(sha256(body_of("주문 접수: KRW-BTC 매수")),
            "359be87342ebe15d0a11785bf802db73ce0ff73424aa1f3fba889db9a7b0ab96");
  EXPECT_EQ(sha256(body_of(std::string(3993, 'A'))),
            "725ced7b21c80e94a9632ef8edc536e357ee7696669ec8b02d3f282b1de38849");
  EXPECT_EQ(sha256(body_of(bytes(rfc8291::kPlain), 16)),
            "b19f1de545cd20189d5f0f956c5cc90eab4bc10647989ba61987b0c0ccd451d8");
}

TEST_F(Rfc8291, WhatDoesNotFitIntoOneRecordIsRefusedAndNotSplit) {
  EXPECT_TRUE(encrypt(std::string(kMostPlain, 'x'), receiver));
  EXPECT_FALSE(encrypt(std::string(kMostPlain + 1, 'x'), receiver));
}

TEST_F(Rfc8291, NoTwoMessagesShareSaltOrKey) {
  const std::string first = encrypt("same", receiver).value();
  const std::string second = encrypt("same", receiver).value();
  EXPECT_NE(first.substr(0, 16), second.substr(0, 16));
  EXPECT_NE(first.substr(21, 65), second.substr(21, 65));
  EXPECT_EQ(first.substr(16, 5), unhex("0000100041"));
}

// RFC 8188, sections 3.1 and 3.2.
TEST(Rfc8188, ASingleRecordWithoutKeyId) {
  const std::string salt = bytes("I1BsxtFttlv3u_Oo94xnmw");
  const std::string key = bytes("yqdlZ-tYemfogSmv7Ws5PQ");
  const ContentKey content = content_key(salt, key);
  EXPECT_EQ(extract(salt, key), "zyeH5phsIsgUyd4oiSEIy35x-gIi4aM7y0hCF8mwn9g");
  EXPECT_EQ(base64url(content.key), "_wniytB-ofscZDh4tbSjHw");
  EXPECT_EQ(base64url(content.nonce), "Bcs8gkIRKLI8GeI8");
  const std::string body = encode_aes128gcm("I am the walrus", key, salt, "", 4096);
  EXPECT_EQ(body.size(), 53U);
  EXPECT_EQ(base64url(body),
            "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg");
}

TEST(Rfc8188, TwoRecordsOfWhichTheFirstIsPadded) {
  const std::string salt = unhex("b8d0a45a2358cca4e704df638b7faa58");
  const ContentKey content = content_key(salt, bytes("BO3ZVPxUlnLORbVGMpbT1Q"));
  EXPECT_EQ(extract(salt, bytes("BO3ZVPxUlnLORbVGMpbT1Q")),
            "mNHRBFh-eOCdAdmmuVtym8Hf44ov7FPsQZ3f4knYjHE");
  EXPECT_EQ(base64url(content.key), "u_eEOTjjVWUVrH82pQNwpw");
  EXPECT_EQ(base64url(content.nonce), "VqylG1rdt-mJrNgP");
  // The RFC pads the first record by one byte, which no sender of ours does: the records are put
  // together here.
  std::string body = salt + unhex("00000019026131");
  body += seal_aes128(content.key, content.nonce, unhex("4920616d2074680100"));
  std::string second = content.nonce;
  second.back() = static_cast<char>(second.back() ^ 1);
  EXPECT_EQ(base64url(second), "VqylG1rdt-mJrNgO");
  body += seal_aes128(content.key, second, unhex("652077616c72757302"));
  EXPECT_EQ(
      base64url(body),
      "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3"
      "SsLWIqS_uA");
}

TEST(Rfc8188, ALongTextIsCutIntoRecordsOfWhichOnlyTheLastIsMarked) {
  const std::string body =
      encode_aes128gcm(std::string(20, 'x'), std::string(16, 'k'), std::string(16, 's'), "a", 25);
  // 8 + 8 + 4 data bytes.
  EXPECT_EQ(body.size(), 16U + 4 + 1 + 1 + 25 + 25 + 21);
}

TEST(Rfc5869, CaseOne) {
  EXPECT_EQ(hex(bytes(extract(unhex("000102030405060708090a0b0c"), std::string(22, '\x0b')))),
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(hex(hkdf(unhex("000102030405060708090a0b0c"), std::string(22, '\x0b'),
                     unhex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Receivers, BothAlphabetsAndPaddingAreTaken) {
  std::string plain(rfc8291::kReceiverPoint);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  EXPECT_TRUE(parse_receiver(plain, rfc8291::kAuth));
  EXPECT_TRUE(parse_receiver(plain + "=", std::string(rfc8291::kAuth) + "=="));
}

// OpenSSL's import alone takes all of these but the first.
TEST(Receivers, PointsThatAreNoneAreRefused) {
  std::string off = bytes(rfc8291::kReceiverPoint);
  off.back() = static_cast<char>(off.back() ^ 1);
  EXPECT_FALSE(import_point(off));
  EXPECT_FALSE(import_point(std::string(1, '\0'))) << "infinity";
  const std::string point = bytes(rfc8291::kReceiverPoint);
  EXPECT_FALSE(import_point("\x02" + point.substr(1, 32))) << "compressed";
  EXPECT_FALSE(import_point("\x03" + point.substr(1, 32))) << "compressed";
  EXPECT_FALSE(import_point("\x06" + point.substr(1))) << "hybrid";
  EXPECT_FALSE(import_point("\x07" + point.substr(1))) << "hybrid";
  EXPECT_FALSE(import_point(std::string("\x04", 1) + std::string(64, '\0')));
  EXPECT_FALSE(import_point(""));
  EXPECT_FALSE(import_point(point + "x"));
}

TEST(Receivers, AnAuthSecretHasSixteenBytes) {
  for (const char* auth : {"", "BTBZMqHH6r4Tts7J_aSI", "BTBZMqHH6r4Tts7J_aSIggAA", "!!!!", "A"}) {
    EXPECT_FALSE(parse_receiver(rfc8291::kReceiverPoint, auth)) << auth;
  }
}

TEST(Base64, OneSpellingForEachText) {
  EXPECT_EQ(decode_base64("Zg").value(), "f");
  EXPECT_EQ(decode_base64("Zg==").value(), "f");
  EXPECT_EQ(decode_base64("").value(), "");
  for (const char* odd : {"Zh", "Zg=", "Z", "Zg==x", "=", "====", "Zg =", "Z g", "Zm9v="}) {
    EXPECT_FALSE(decode_base64(odd)) << odd;
  }
  EXPECT_EQ(base64url("\xff\xfe"), "__4");
}

}  // namespace
}  // namespace everbit::notify_webpush
