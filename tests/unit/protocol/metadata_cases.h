// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "broker_core/protocol/messages.h"
#include "tests/unit/protocol/wire_bytes.h"

/// What docs/PROTOCOL.md says of each frame's metadata, written down once more: tests hold the decoders against it.
namespace plugbroker::protocol {

/// A TLV of a frame, with a value that passes.
struct TlvCase {
  std::uint16_t type = 0;
  std::string name;
  wire::Bytes value;
  bool required = false;

  /// A value that passes if one of this length can.
  [[nodiscard]] wire::Bytes value_of_length(std::size_t length) const;
  [[nodiscard]] wire::Bytes bytes(std::uint16_t with = 0) const {
    return wire::tlv(static_cast<std::uint16_t>(type | with), value);
  }
};

struct FrameCase {
  std::string name;  ///< As the document's table of frames and TLVs has it.
  Status (*decode)(ByteView metadata) = nullptr;
  std::vector<TlvCase> tlvs;

  /// All TLVs but the one at `left_out`.
  [[nodiscard]] wire::Bytes all_but(std::size_t left_out) const;
  [[nodiscard]] wire::Bytes all() const { return all_but(tlvs.size()); }
};

[[nodiscard]] const std::vector<FrameCase>& frame_cases();

}  // namespace plugbroker::protocol
