#include "base/secret.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <type_traits>

namespace everbit {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<Secret>, "a secret must not reach a stream");
static_assert(!std::is_convertible_v<Secret, std::string>, "a secret must not become text unasked");
static_assert(!std::is_convertible_v<Secret, std::string_view>, "nor a view of one");

TEST(Secret, IsSharedByItsCopiesAndKeepsItsText) {
  Secret copy;
  {
    const Secret first("0123456789abcdef");
    copy = first;
    EXPECT_EQ(first.reveal().data(), copy.reveal().data());
  }
  EXPECT_EQ(copy.reveal(), "0123456789abcdef");
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret("").reveal(), "");
}

TEST(Secret, WipeLeavesNothing) {
  char bytes[] = "secret";
  wipe(bytes, sizeof bytes);
  for (const char byte : bytes) EXPECT_EQ(byte, 0);
}

}  // namespace
}  // namespace everbit
