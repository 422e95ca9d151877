// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/conformance/manifest.h"

namespace plugbroker::conformance {

/// What this library makes of some bytes, in the manifest's terms.
[[nodiscard]] Reading read_pieces(const std::vector<ByteView>& pieces);

/// The metadata that this library writes for a frame with what it read from `metadata`, which are valid.
[[nodiscard]] std::vector<std::byte> written_again(int type, ByteView metadata);

}  // namespace plugbroker::conformance
