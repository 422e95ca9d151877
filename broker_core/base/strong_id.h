// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace plugbroker {

/// A 64-bit number that can't be mixed up with another kind of number. Zero is "none"; ids are never reused.
template <typename Tag>
struct StrongId {
  std::uint64_t value = 0;

  [[nodiscard]] constexpr explicit operator bool() const noexcept { return value != 0; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

using ConnectionId = StrongId<struct ConnectionIdTag>;  ///< One pipe connection, of a plugin or of a worker.
using WorkerId = StrongId<struct WorkerIdTag>;          ///< One worker process.
using CallId = StrongId<struct CallIdTag>;              ///< One call, whichever streams carry it.
using CallerId = StrongId<struct CallerIdTag>;          ///< One SID, whichever of its sessions call.

}  // namespace plugbroker

template <typename Tag>
struct std::hash<plugbroker::StrongId<Tag>> {
  std::size_t operator()(plugbroker::StrongId<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};
