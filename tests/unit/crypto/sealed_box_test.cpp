#include "crypto/sealed_box.h"

#include <gtest/gtest.h>

namespace everbit::crypto {
namespace {

const Secret kKey(std::string(32, 'k'));
const Secret kOther(std::string(32, 'o'));

TEST(SealedBox, OpensWhereItWasMadeFor) {
  for (const std::string plain :
       {"", "a", "ten bytes!", "a longer text with several blocks in it"}) {
    EXPECT_EQ(open(kKey, seal(kKey, plain, "here"), "here"), plain);
  }
}

TEST(SealedBox, DoesNotOpenElsewhereOrWithAnotherKey) {
  const std::string box = seal(kKey, "secret", "here");
  EXPECT_FALSE(open(kKey, box, "there"));
  EXPECT_FALSE(open(kOther, box, "here"));
}

TEST(SealedBox, EveryChangedBitIsSeen) {
  const std::string box = seal(kKey, "secret", "here");
  for (std::size_t at = 0; at < box.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = box;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      EXPECT_FALSE(open(kKey, changed, "here")) << at;
    }
  }
  for (std::size_t size = 0; size < box.size(); ++size) {
    EXPECT_FALSE(open(kKey, box.substr(0, size), "here"));
  }
  EXPECT_FALSE(open(kKey, box + "x", "here"));
}

TEST(SealedBox, NeverTheSameTwice) {
  EXPECT_NE(seal(kKey, "secret", "here"), seal(kKey, "secret", "here"));
}

}  // namespace
}  // namespace everbit::crypto
