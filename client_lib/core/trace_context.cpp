// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/trace_context.h"

#include <algorithm>

namespace plugbroker::client {

namespace {

constexpr std::size_t trace_id_bytes = 16;
constexpr std::size_t parent_id_bytes = 8;
constexpr std::size_t text_bytes = 55;

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool read_hex(std::string_view text, std::span<std::byte> to) noexcept {
  for (std::size_t i = 0; i < to.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    to[i] = static_cast<std::byte>(high * 16 + low);
  }
  return true;
}

bool all_zeros(std::span<const std::byte> bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

std::optional<protocol::TraceParent> parse_traceparent(std::string_view text) noexcept {
  if (text.size() != text_bytes || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') return std::nullopt;
  protocol::TraceParent parent{};
  const std::span<std::byte> bytes{parent};
  const auto trace_id = bytes.first(trace_id_bytes);
  const auto parent_id = bytes.subspan(trace_id_bytes, parent_id_bytes);
  const bool read = read_hex(text.substr(3), trace_id) && read_hex(text.substr(36), parent_id) &&
                    read_hex(text.substr(53), bytes.subspan(trace_id_bytes + parent_id_bytes));
  if (!read || all_zeros(trace_id) || all_zeros(parent_id)) return std::nullopt;
  return parent;
}

}  // namespace plugbroker::client
