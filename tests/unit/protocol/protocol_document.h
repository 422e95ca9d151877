// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/protocol/wire_bytes.h"

/// Reads docs/PROTOCOL.md, so that tests hold the code against what it says. Tests run in the repository's root.
namespace plugbroker::protocol {

using TableRows = std::vector<std::vector<std::string>>;

class ProtocolDocument {
 public:
  ProtocolDocument();

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// The rows of the table whose heading is exactly this line; empty when there is none. Cells are trimmed.
  [[nodiscard]] TableRows table(std::string_view heading) const;

  /// The bytes of the example ```hex NAME; empty when there is none.
  [[nodiscard]] wire::Bytes example(std::string_view name) const;
  /// The bytes of ```frames NAME: several frames, one after the other.
  [[nodiscard]] wire::Bytes conversation(std::string_view name) const;

 private:
  [[nodiscard]] wire::Bytes bytes_after(const std::string& fence, std::string_view name) const;
  [[nodiscard]] std::vector<std::string> lines_after(std::string_view line) const;

  std::string text_;
};

}  // namespace plugbroker::protocol
