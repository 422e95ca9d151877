// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace plugbroker {

using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;

/// Reads a little-endian unsigned integer; `from` must have sizeof(T) bytes.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T load_le(const std::byte* from) noexcept {
  T value = 0;
  if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
    std::memcpy(&value, from, sizeof(T));
    return value;
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(static_cast<T>(std::to_integer<unsigned>(from[i])) << (8 * i)));
  }
  return value;
}

/// Writes a little-endian unsigned integer; `to` must have room for sizeof(T) bytes.
template <std::unsigned_integral T>
constexpr void store_le(std::byte* to, T value) noexcept {
  if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
    std::memcpy(to, &value, sizeof(T));
    return;
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to[i] = static_cast<std::byte>((value >> (8 * i)) & 0xFFu);
  }
}

[[nodiscard]] inline ByteView as_byte_view(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace plugbroker
