// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "broker_core/base/bytes.h"

namespace plugbroker::client {

using Sha1Digest = std::array<std::byte, 20>;

/// FIPS 180-4. Only for computing service SIDs, which Windows defines by it; it protects nothing here.
[[nodiscard]] Sha1Digest sha1(ByteView message);

}  // namespace plugbroker::client
