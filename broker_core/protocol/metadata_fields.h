// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "broker_core/base/status.h"
#include "broker_core/base/utf8.h"
#include "broker_core/protocol/frame_header.h"
#include "broker_core/protocol/tlv_table.h"

/// The one decoder of metadata. A frame's decoder lists the TLVs it has; the rules of docs/PROTOCOL.md, "Metadata", are
/// kept here, for all frames alike. Only this layer's own sources use it.
namespace plugbroker::protocol {

/// A TLV that a frame has.
struct FieldRule {
  TlvRule tlv;
  bool required = false;
  std::uint16_t max_count = 1;
};

consteval FieldRule required(TlvType type) {
  return {rule_of(type), true, 1};
}
consteval FieldRule optional(TlvType type) {
  return {rule_of(type), false, 1};
}
consteval FieldRule optional_and_repeated(TlvType type, std::uint16_t max_count) {
  return {rule_of(type), false, max_count};
}
consteval FieldRule repeated(TlvType type, std::uint16_t max_count) {
  return {rule_of(type), true, max_count};
}

/// What was found of one FieldRule; of a repeated one the last.
struct Field {
  ByteView bytes;
  std::uint64_t number = 0;  ///< Of TlvKind::number; of key_value the bytes of all keys and values.
  std::uint16_t count = 0;
};

/// Where the rule of a type is among those of a frame.
struct FieldIndex {
  static constexpr std::size_t types = 0x80;
  static constexpr std::uint8_t none = 0xFF;
  std::array<std::uint8_t, types> row{};
  std::uint32_t required = 0;  ///< A bit for each row.
};

template <std::size_t count>
consteval FieldIndex index_of(const std::array<FieldRule, count>& rules) {
  static_assert(count <= 32);
  FieldIndex index;
  index.row.fill(FieldIndex::none);
  for (std::size_t i = 0; i < count; ++i) {
    index.row.at(static_cast<std::size_t>(rules[i].tlv.type)) = static_cast<std::uint8_t>(i);
    if (rules[i].required) index.required |= 1u << i;
  }
  return index;
}

/// read_fields() for what nearly all frames have: known types, all of them right, no application metadata. False when
/// it is anything else; read_fields() must then decide, on fresh fields.
[[nodiscard]] bool scan_fields(ByteView metadata, const FieldRule* rules, const FieldIndex& index,
                               Field* fields) noexcept;

/// Fills fields[i] by rules[i].
///
/// `invalid_argument` when the metadata break a rule, otherwise `unimplemented` when they hold an unknown critical TLV;
/// the message names the frame, the TLV and the rule, and no received bytes.
Status read_fields(FrameType frame, ByteView metadata, std::span<const FieldRule> rules, std::span<Field> fields);

/// The fields of a frame whose rules are the constexpr array `rules`; asking for one that isn't in them doesn't
/// compile.
template <const auto& rules>
class FieldSet {
 public:
  Status read(FrameType frame, ByteView metadata) {
    if (scan_fields(metadata, rules.data(), index_, fields_.data())) [[likely]]
      return {};
    fields_ = {};
    return read_fields(frame, metadata, rules, fields_);
  }

  template <TlvType type>
  [[nodiscard]] bool has() const noexcept {
    return fields_[index_of(type)].count > 0;
  }
  template <TlvType type>
  [[nodiscard]] std::size_t count() const noexcept {
    return fields_[index_of(type)].count;
  }
  /// Zero when absent.
  template <TlvType type, typename T>
  [[nodiscard]] T number() const noexcept {
    return static_cast<T>(fields_[index_of(type)].number);
  }
  template <TlvType type, typename T>
  [[nodiscard]] std::optional<T> number_if_there() const noexcept {
    return has<type>() ? std::optional<T>(number<type, T>()) : std::nullopt;
  }
  /// Empty when absent; a view of the metadata.
  template <TlvType type>
  [[nodiscard]] ByteView bytes() const noexcept {
    return fields_[index_of(type)].bytes;
  }
  template <TlvType type>
  [[nodiscard]] std::string_view text() const noexcept {
    return as_text(bytes<type>());
  }

 private:
  static consteval std::size_t index_of(TlvType type) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].tlv.type == type) return i;
    }
    throw "not a TLV of this frame";
  }

  static constexpr FieldIndex index_ = protocol::index_of(rules);
  std::array<Field, rules.size()> fields_{};
};

/// Appends `text`, cut to the type's longest length at a character's border.
template <TlvType type>
void put_text(TlvWriter& writer, std::string_view text) noexcept {
  constexpr std::size_t longest = rule_of(type).max_length;
  writer.put_bytes(type, as_byte_view(text.size() <= longest ? text : clip_utf8(text, longest)));
}
/// Appends `value` unless it is empty or longer than the type allows: cut, it would be something else.
template <TlvType type>
void put_whole_unless_empty(TlvWriter& writer, ByteView value) noexcept {
  if (!value.empty() && value.size() <= rule_of(type).max_length) writer.put_bytes(type, value);
}
template <TlvType type>
void put_text_unless_empty(TlvWriter& writer, std::string_view text) noexcept {
  if (!text.empty()) put_text<type>(writer, text);
}

}  // namespace plugbroker::protocol
