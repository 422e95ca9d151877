// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/engine/chunk_queue.h"
#include "broker_core/engine/intrusive_list.h"
#include "broker_core/protocol/credit.h"

namespace plugbroker::engine {

struct Call;

/// One call's frames towards one connection: the request towards the worker, or the reply towards the client.
struct OutgoingStream {
  explicit OutgoingStream(Call& owner) noexcept : call(&owner) {}

  /// Where the stream stands in its connection's OutputQueue.
  enum class Place : std::uint8_t {
    outside,  ///< Has nothing to send, or lacks its own credit.
    ready,
    starved,  ///< Lacks the connection's credit.
  };

  Call* call;
  std::uint64_t id = 0;  ///< The stream id there; 0 until the REQUEST is given out.
  protocol::SendWindow window{0};
  ChunkQueue chunks;
  bool end_pending = false;  ///< END follows the chunks.
  Place place = Place::outside;
  ListLink<OutgoingStream> link;
};

}  // namespace plugbroker::engine
