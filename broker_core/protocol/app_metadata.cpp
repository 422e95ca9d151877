// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/app_metadata.h"

#include <algorithm>

#include "broker_core/base/limits.h"

namespace plugbroker::protocol {
namespace {

constexpr bool is_key_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/// The value of a TLV that was checked.
MetadataPair pair_of(ByteView value) noexcept {
  const auto key_length = std::to_integer<std::size_t>(value.front());
  return {as_text(value.subspan(1, key_length)), as_text(value.subspan(1 + key_length))};
}

}  // namespace

AppMetadata::Iterator& AppMetadata::Iterator::operator++() noexcept {
  while (const std::optional<Tlv> tlv = reader_.next()) {
    if (static_cast<TlvType>(tlv->type & ~tlv_critical_bit) != TlvType::app_metadata) continue;
    pair_ = pair_of(tlv->value);
    return *this;
  }
  at_end_ = true;
  return *this;
}

Status AppMetadataList::add(std::string_view key, std::string_view value) {
  const auto refused = [](std::string_view why) { return Status{StatusCode::invalid_argument, std::string{why}}; };
  if (!is_valid_metadata_key(key)) return refused("a metadata key must be 1 to 64 bytes of a-z 0-9 . _ -");
  if (value.size() > limits::max_metadata_value_bytes) return refused("a metadata value has more than 1024 bytes");
  if (count_ == limits::max_metadata_pairs) return refused("more than 32 pairs of metadata");
  if (bytes_ + key.size() + value.size() > limits::max_metadata_bytes) {
    return refused("metadata keys and values have more than 4096 bytes together");
  }
  append({key, value});
  return {};
}

void AppMetadataList::assign(const AppMetadata& pairs) {
  clear();
  for (const MetadataPair pair : pairs) append(pair);
}

void AppMetadataList::append(const MetadataPair& pair) {
  const std::size_t before = tlvs_.size();
  tlvs_.resize(before + tlv_header_bytes + 1 + pair.key.size() + pair.value.size());
  TlvWriter writer(MutableByteView{tlvs_}.subspan(before));
  writer.put_key_value(TlvType::app_metadata, pair.key, pair.value);
  ++count_;
  bytes_ += pair.key.size() + pair.value.size();
}

bool is_valid_metadata_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= limits::max_metadata_key_bytes && std::ranges::all_of(key, is_key_character);
}

std::string_view check_metadata_pair(ByteView value, std::size_t& bytes) noexcept {
  const std::size_t key_length = value.empty() ? 0 : std::to_integer<std::size_t>(value.front());
  if (key_length == 0 || key_length >= value.size() || !is_valid_metadata_key(as_text(value.subspan(1, key_length)))) {
    return "must begin with a key of 1 to 64 bytes of a-z 0-9 . _ -";
  }
  bytes = value.size() - 1;
  return bytes - key_length > limits::max_metadata_value_bytes ? "has a value of more than 1024 bytes" : "";
}

void put_app_metadata(TlvWriter& writer, const AppMetadata& pairs) noexcept {
  for (const MetadataPair pair : pairs) writer.put_key_value(TlvType::app_metadata, pair.key, pair.value);
}

}  // namespace plugbroker::protocol
