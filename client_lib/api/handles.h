// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "client_lib/win/client.h"
#include "client_lib/win/operation.h"
#include "client_lib/win/stream.h"
#include "plugbroker/plugbroker.h"

// What stands behind the handles of the C interface.

struct plugbroker_client {
  plugbroker::client::Client* client = nullptr;
};

struct plugbroker_message {
  std::vector<std::byte> bytes;
};

namespace plugbroker::client {

// Operations and streams are their own handles.
[[nodiscard]] inline Operation* from_c(plugbroker_operation* operation) noexcept {
  return reinterpret_cast<Operation*>(operation);
}
[[nodiscard]] inline plugbroker_operation* to_c(Operation* operation) noexcept {
  return reinterpret_cast<plugbroker_operation*>(operation);
}
[[nodiscard]] inline Stream* from_c(plugbroker_stream* stream) noexcept {
  return reinterpret_cast<Stream*>(stream);
}
[[nodiscard]] inline plugbroker_stream* to_c(Stream* stream) noexcept {
  return reinterpret_cast<plugbroker_stream*>(stream);
}

[[nodiscard]] inline ByteView bytes_of(const void* data, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(data), size};
}

}  // namespace plugbroker::client
