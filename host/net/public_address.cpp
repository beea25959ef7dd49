#include "net/public_address.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace everbit::net {
namespace {

struct Block4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ip4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24U | b << 16U | c << 8U | d;
}

// RFC 6890 and what was registered since; the last holds the limited broadcast, too.
constexpr std::array kBlocks4{Block4{ip4(0, 0, 0, 0), 8},       Block4{ip4(10, 0, 0, 0), 8},
                              Block4{ip4(100, 64, 0, 0), 10},   Block4{ip4(127, 0, 0, 0), 8},
                              Block4{ip4(169, 254, 0, 0), 16},  Block4{ip4(172, 16, 0, 0), 12},
                              Block4{ip4(192, 0, 0, 0), 24},    Block4{ip4(192, 0, 2, 0), 24},
                              Block4{ip4(192, 31, 196, 0), 24}, Block4{ip4(192, 52, 193, 0), 24},
                              Block4{ip4(192, 88, 99, 0), 24},  Block4{ip4(192, 168, 0, 0), 16},
                              Block4{ip4(192, 175, 48, 0), 24}, Block4{ip4(198, 18, 0, 0), 15},
                              Block4{ip4(198, 51, 100, 0), 24}, Block4{ip4(203, 0, 113, 0), 24},
                              Block4{ip4(224, 0, 0, 0), 4},     Block4{ip4(240, 0, 0, 0), 4}};

using Bytes6 = std::array<std::uint8_t, 16>;

struct Block6 {
  Bytes6 first;
  int bits;
};

// What lies inside 2000::/3, the only part that is global unicast.
constexpr std::array kBlocks6{
    Block6{{0x20, 0x01, 0x00}, 23},                    // protocol assignments, Teredo, ORCHID
    Block6{{0x20, 0x01, 0x0d, 0xb8}, 32},              // documentation
    Block6{{0x20, 0x02}, 16},                          // 6to4
    Block6{{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48},  // AS112
    Block6{{0x3f, 0xfe}, 16},                          // the former 6bone
    Block6{{0x3f, 0xff, 0x00}, 20}};                   // documentation

bool is_in(std::uint32_t address, const Block4& block) {
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - block.bits);
  return (address & mask) == block.first;
}

bool is_in(const Bytes6& address, const Block6& block) {
  const auto whole = static_cast<std::size_t>(block.bits / 8);
  const unsigned rest = static_cast<unsigned>(block.bits % 8);
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  block.first.begin())) {
    return false;
  }
  if (rest == 0) return true;
  const unsigned mask = (0xff00U >> rest) & 0xffU;
  return ((address[whole] ^ block.first[whole]) & mask) == 0;
}

bool is_public(std::uint32_t address) {
  return std::none_of(kBlocks4.begin(), kBlocks4.end(),
                      [&](const Block4& block) { return is_in(address, block); });
}

bool is_public(const Bytes6& address) {
  if ((address[0] & 0xe0U) != 0x20U) return false;
  return std::none_of(kBlocks6.begin(), kBlocks6.end(),
                      [&](const Block6& block) { return is_in(address, block); });
}

}  // namespace

bool is_public_address(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET && address.size >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, &address.storage, sizeof in);
    return is_public(ntohl(in.sin_addr.s_addr));
  }
  if (address.storage.ss_family == AF_INET6 && address.size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address.storage, sizeof in);
    Bytes6 bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return is_public(bytes);
  }
  return false;
}

}  // namespace everbit::net
