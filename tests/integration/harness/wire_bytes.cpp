// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/wire_bytes.h"

namespace plugbroker::harness::wire {

std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  return out;
}

std::uint64_t from_little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

std::string bytes(const Header& header) {
  return little_endian(header.magic, 2) + little_endian(header.version, 1) + little_endian(header.type, 1) +
         little_endian(header.flags, 2) + little_endian(header.meta_len, 2) + little_endian(header.payload_len, 4) +
         little_endian(header.reserved, 4) + little_endian(header.stream, 8) + little_endian(header.deadline_us, 8);
}

Header parse(std::string_view bytes) {
  const auto field = [&](std::size_t at, std::size_t size) { return from_little_endian(bytes.substr(at, size)); };
  return {.magic = static_cast<std::uint16_t>(field(0, 2)),
          .version = static_cast<std::uint8_t>(field(2, 1)),
          .type = static_cast<std::uint8_t>(field(3, 1)),
          .flags = static_cast<std::uint16_t>(field(4, 2)),
          .meta_len = static_cast<std::uint16_t>(field(6, 2)),
          .payload_len = static_cast<std::uint32_t>(field(8, 4)),
          .reserved = static_cast<std::uint32_t>(field(12, 4)),
          .stream = field(16, 8),
          .deadline_us = field(24, 8)};
}

std::string frame(Header header, std::string_view meta, std::string_view payload) {
  header.meta_len = static_cast<std::uint16_t>(meta.size());
  header.payload_len = static_cast<std::uint32_t>(payload.size());
  return bytes(header).append(meta).append(payload);
}

std::string tlv(std::uint16_t type, std::string_view value) {
  return (little_endian(type, 2) + little_endian(value.size(), 2)).append(value);
}

std::string tlv(std::uint16_t type, std::uint64_t value, std::size_t size) {
  return tlv(type, little_endian(value, size));
}

std::optional<std::string> find_tlv(std::string_view meta, std::uint16_t type) {
  while (meta.size() >= 4) {
    const std::uint64_t found = from_little_endian(meta.substr(0, 2));
    const std::size_t length = from_little_endian(meta.substr(2, 2));
    if (meta.size() < 4 + length) return std::nullopt;
    if (found == type) return std::string(meta.substr(4, length));
    meta.remove_prefix(4 + length);
  }
  return std::nullopt;
}

namespace {

std::string hello_frame(std::uint8_t role, std::uint16_t lowest_version, std::uint16_t highest_version) {
  const std::string meta = tlv(0x0001, role, 1) + tlv(0x0002, lowest_version, 2) + tlv(0x0003, highest_version, 2) +
                           tlv(0x0006, 65536, 4) + tlv(0x0007, 256, 4) + tlv(0x0008, 262144, 4) +
                           tlv(0x0009, 1048576, 4) + tlv(0x000A, 64u << 20, 8) + tlv(0x000B, "raw test client");
  return frame({.type = hello}, meta, {});
}

}  // namespace

std::string client_hello(std::uint16_t lowest_version, std::uint16_t highest_version) {
  return hello_frame(1, lowest_version, highest_version);
}

std::string worker_hello() {
  return hello_frame(2, 1, 1);
}

std::string request_frame(std::uint64_t stream, std::string_view route, std::string_view payload, std::uint16_t flags,
                          std::uint64_t deadline_us) {
  return frame({.type = request, .flags = flags, .stream = stream, .deadline_us = deadline_us}, tlv(0x0020, route),
               payload);
}

}  // namespace plugbroker::harness::wire
