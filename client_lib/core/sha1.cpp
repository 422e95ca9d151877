// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/sha1.h"

#include <bit>
#include <cstdint>
#include <vector>

namespace plugbroker::client {

namespace {

constexpr std::size_t block_bytes = 64;

using State = std::array<std::uint32_t, 5>;

std::uint32_t load_be(const std::byte* from) noexcept {
  return (std::to_integer<std::uint32_t>(from[0]) << 24) | (std::to_integer<std::uint32_t>(from[1]) << 16) |
         (std::to_integer<std::uint32_t>(from[2]) << 8) | std::to_integer<std::uint32_t>(from[3]);
}

struct Round {
  std::uint32_t f;
  std::uint32_t k;
};

Round round_function(std::size_t i, std::uint32_t b, std::uint32_t c, std::uint32_t d) noexcept {
  if (i < 20) return {(b & c) | (~b & d), 0x5A827999u};
  if (i < 40) return {b ^ c ^ d, 0x6ED9EBA1u};
  if (i < 60) return {(b & c) | (b & d) | (c & d), 0x8F1BBCDCu};
  return {b ^ c ^ d, 0xCA62C1D6u};
}

void add_block(State& state, const std::byte* block) noexcept {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t i = 0; i < 16; ++i) w[i] = load_be(block + 4 * i);
  for (std::size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < 80; ++i) {
    const auto [f, k] = round_function(i, b, c, d);
    const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

}  // namespace

Sha1Digest sha1(ByteView message) {
  std::vector<std::byte> padded(message.begin(), message.end());
  padded.push_back(std::byte{0x80});
  while (padded.size() % block_bytes != block_bytes - 8) padded.push_back(std::byte{0});
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded.push_back(static_cast<std::byte>((bits >> shift) & 0xFFu));

  State state{0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u};
  for (std::size_t at = 0; at < padded.size(); at += block_bytes) add_block(state, padded.data() + at);

  Sha1Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::byte>((state[i / 4] >> (24 - 8 * (i % 4))) & 0xFFu);
  }
  return digest;
}

}  // namespace plugbroker::client
