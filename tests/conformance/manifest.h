// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/base/bytes.h"

/// tests/conformance/vectors/, read. README.md there says what each field means.
namespace plugbroker::conformance {

using Values = std::vector<std::pair<std::string, std::string>>;

/// A frame as a receiver must see it. Comparable and printable, so that a test says what differs.
struct ExpectedFrame {
  int type = 0;
  int flags = 0;
  std::string stream_id;
  std::string deadline_us;
  std::string payload;   ///< In hex; of a long one its length and its first byte.
  std::string metadata;  ///< valid, protocol_error or unknown_critical.
  Values values;         ///< Of valid metadata, by name.

  friend bool operator==(const ExpectedFrame&, const ExpectedFrame&) = default;
};

struct Reading {
  std::vector<ExpectedFrame> frames;
  std::string end;  ///< whole, cut_off, or the header error.

  friend bool operator==(const Reading&, const Reading&) = default;
};

struct Vector {
  std::string name;
  std::vector<std::byte> bytes;
  Reading expected;
  std::vector<bool> written;  ///< By frame: the library writes its values as exactly these bytes.
  std::vector<std::size_t> splits;
};

/// All vectors. Tests run in the repository's root.
[[nodiscard]] const std::vector<Vector>& all_vectors();

[[nodiscard]] std::string to_hex(ByteView bytes);
[[nodiscard]] std::string payload_text(ByteView payload);

void PrintTo(const ExpectedFrame& frame, std::ostream* out);
void PrintTo(const Reading& reading, std::ostream* out);

}  // namespace plugbroker::conformance
