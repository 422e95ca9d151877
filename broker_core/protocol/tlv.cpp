// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/tlv.h"

#include "broker_core/base/assert.h"

namespace plugbroker::protocol {

void TlvWriter::put_u8(TlvType type, std::uint8_t value) noexcept {
  store_le(begin_tlv(type, sizeof value), value);
}
void TlvWriter::put_u16(TlvType type, std::uint16_t value) noexcept {
  store_le(begin_tlv(type, sizeof value), value);
}
void TlvWriter::put_u32(TlvType type, std::uint32_t value) noexcept {
  store_le(begin_tlv(type, sizeof value), value);
}
void TlvWriter::put_u64(TlvType type, std::uint64_t value) noexcept {
  store_le(begin_tlv(type, sizeof value), value);
}

void TlvWriter::put_key_value(TlvType type, std::string_view key, std::string_view value) noexcept {
  PLUGBROKER_ASSERT(key.size() <= 0xFF);
  std::byte* const to = begin_tlv(type, 1 + key.size() + value.size());
  *to = static_cast<std::byte>(key.size());
  if (!key.empty()) std::memcpy(to + 1, key.data(), key.size());
  if (!value.empty()) std::memcpy(to + 1 + key.size(), value.data(), value.size());
}

}  // namespace plugbroker::protocol
