// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/metadata_fields.h"

#include <optional>
#include <string>

#include "broker_core/protocol/app_metadata.h"
#include "broker_core/protocol/frame_table.h"

namespace plugbroker::protocol {
namespace {

Status broken(FrameType frame, std::string_view tlv, std::string_view rule) {
  std::string message{to_string(frame)};
  message.append(": ").append(tlv).append(" ").append(rule);
  return {StatusCode::invalid_argument, std::move(message)};
}

std::string range(std::uint64_t low, std::uint64_t high) {
  return low == high ? std::to_string(low) : std::to_string(low) + " to " + std::to_string(high);
}

Status unknown_critical(FrameType frame, std::uint16_t type) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string hex = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) hex += digits[(type >> shift) & 0xF];
  std::string message{to_string(frame)};
  message.append(": TLV ").append(hex).append(" is critical and not known");
  return {StatusCode::unimplemented, std::move(message)};
}

std::uint64_t load_number(ByteView value) noexcept {
  switch (value.size()) {
    case sizeof(std::uint8_t):
      return load_le<std::uint8_t>(value.data());
    case sizeof(std::uint16_t):
      return load_le<std::uint16_t>(value.data());
    case sizeof(std::uint32_t):
      return load_le<std::uint32_t>(value.data());
    default:
      return load_le<std::uint64_t>(value.data());
  }
}

Status read_pair(FrameType frame, std::string_view name, ByteView value, Field& field) {
  std::size_t bytes = 0;
  if (const std::string_view why = check_metadata_pair(value, bytes); !why.empty()) return broken(frame, name, why);
  field.number += bytes;
  if (field.number > limits::max_metadata_bytes) return broken(frame, name, "has more than 4096 bytes in all");
  return {};
}

Status read_field(FrameType frame, const FieldRule& rule, ByteView value, Field& field) {
  const TlvRule& tlv = rule.tlv;
  if (field.count == rule.max_count) {
    return broken(frame, tlv.name, "comes more than " + std::to_string(rule.max_count) + " times");
  }
  if (value.size() < tlv.min_length || value.size() > tlv.max_length) {
    return broken(frame, tlv.name, "must have " + range(tlv.min_length, tlv.max_length) + " bytes");
  }
  ++field.count;
  field.bytes = value;
  if (tlv.kind == TlvKind::key_value) return read_pair(frame, tlv.name, value, field);
  if (tlv.kind != TlvKind::number) return {};
  field.number = load_number(value);
  if (field.number < tlv.min_value || field.number > tlv.max_value) {
    return broken(frame, tlv.name, "must be " + range(tlv.min_value, tlv.max_value));
  }
  return {};
}

}  // namespace

bool scan_fields(ByteView metadata, const FieldRule* rules, const FieldIndex& index, Field* fields) noexcept {
  const std::byte* at = metadata.data();
  std::size_t left = metadata.size();
  std::uint32_t missing = index.required;
  while (left != 0) {
    if (left < tlv_header_bytes) return false;
    const std::size_t type = load_le<std::uint16_t>(at);
    const std::size_t length = load_le<std::uint16_t>(at + sizeof(std::uint16_t));
    at += tlv_header_bytes;
    left -= tlv_header_bytes;
    if (length > left || type >= FieldIndex::types || index.row[type] == FieldIndex::none) return false;
    const std::size_t row = index.row[type];
    const FieldRule& rule = rules[row];
    Field& field = fields[row];
    if (field.count == rule.max_count || length < rule.tlv.min_length || length > rule.tlv.max_length) return false;
    field.bytes = {at, length};
    ++field.count;
    if (rule.tlv.kind == TlvKind::key_value) return false;
    if (rule.tlv.kind == TlvKind::number) {
      field.number = load_number(field.bytes);
      if (field.number < rule.tlv.min_value || field.number > rule.tlv.max_value) return false;
    }
    missing &= ~(1u << row);
    at += length;
    left -= length;
  }
  return missing == 0;
}

Status read_fields(FrameType frame, ByteView metadata, std::span<const FieldRule> rules, std::span<Field> fields) {
  std::optional<std::uint16_t> critical;
  TlvReader reader(metadata);
  while (const std::optional<Tlv> tlv = reader.next()) {
    const auto type = static_cast<TlvType>(tlv->type & ~tlv_critical_bit);
    std::size_t i = 0;
    while (i < rules.size() && rules[i].tlv.type != type) ++i;
    if (i == rules.size()) {
      if ((tlv->type & tlv_critical_bit) != 0 && !critical) critical = tlv->type;
      continue;
    }
    Status status = read_field(frame, rules[i], tlv->value, fields[i]);
    if (!status.ok()) return status;
  }
  if (reader.malformed()) return broken(frame, "a TLV", "passes the end of the metadata");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].required && fields[i].count == 0) return broken(frame, rules[i].tlv.name, "is missing");
  }
  if (critical) return unknown_critical(frame, *critical);
  return {};
}

}  // namespace plugbroker::protocol
