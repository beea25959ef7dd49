#include "push-sim/crypto.h"

#include <gtest/gtest.h>

#include "unit/notify-webpush/rfc8291.h"
#include "upbit-sim/base/text.h"

namespace everbit::push_sim {
namespace {

namespace rfc = notify_webpush::rfc8291;

std::string bytes(std::string_view base64) { return upbit_sim::base64url_decode(base64).value(); }

struct Decryption : testing::Test {
  Key receiver = key_of(bytes(rfc::kReceiverScalar), bytes(rfc::kReceiverPoint));
  std::string auth = bytes(rfc::kAuth);
  std::string header = bytes(rfc::kHeader);

  std::optional<std::string> open(const std::string& body) const {
    return decrypt_push(body, *receiver, auth);
  }
  std::optional<std::string> open_record(std::string_view record) const {
    return open(header + bytes(record));
  }
};

TEST_F(Decryption, TheMessageOfTheStandardIsRead) {
  EXPECT_EQ(open(bytes(rfc::kBody)), "When I grow up, I want to be a watermelon");
  EXPECT_EQ(
      decrypt_content(bytes("I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8"
                            "Thjg"),
                      bytes("yqdlZ-tYemfogSmv7Ws5PQ")),
      "I am the walrus");
  EXPECT_EQ(
      decrypt_content(bytes("uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvk"
                            "j6hQPdPHI51OEUKEpgz3SsLWIqS_uA"),
                      bytes("BO3ZVPxUlnLORbVGMpbT1Q")),
      "I am the walrus");
}

// Reference C5.4: the tag is right in all of them.
TEST_F(Decryption, ARecordWithoutItsDelimiterIsRefused) {
  EXPECT_FALSE(open_record("zZa6Xz84RX4ryiDmS_X_ZvHbkA")) << "another record should follow";
  EXPECT_FALSE(open_record("zZa4741WRaMxCU_FA4-yLag-WQ")) << "no such delimiter";
  EXPECT_FALSE(open_record("pf-7NYKZXr98g0J3JETUZl7HSqg")) << "only zero bytes";
  EXPECT_EQ(open_record("zZa5NWLSjwN3vp3Ci095HeGbgIGmVA"), "hi") << "padding";
}

TEST_F(Decryption, NothingThatWasTouchedIsRead) {
  const std::string body = bytes(rfc::kBody);
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i >= 16 && i < 20) continue;  // the record size is not authenticated
    std::string flipped = body;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_FALSE(open(flipped)) << i;
  }
  EXPECT_FALSE(open(body.substr(0, 86 + 16)));
  EXPECT_FALSE(open(body.substr(0, 86)));
  EXPECT_FALSE(open(""));
  std::string shorter = body;
  shorter[20] = 64;
  EXPECT_FALSE(open(shorter));
  EXPECT_FALSE(decrypt_push(body, *receiver, std::string(16, 'x')));
}

}  // namespace
}  // namespace everbit::push_sim
