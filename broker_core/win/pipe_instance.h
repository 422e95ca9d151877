// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <string>

#include "broker_core/base/limits.h"
#include "broker_core/base/result.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

enum class PipeDirection : std::uint8_t { duplex, inbound };

struct PipeInstanceOptions {
  std::wstring name;  ///< \\.\pipe\…
  PipeDirection direction = PipeDirection::duplex;
  DWORD max_instances = PIPE_UNLIMITED_INSTANCES;
  /// Each way; what a writer may be ahead of its reader before a write waits.
  DWORD buffer_bytes = limits::read_buffer_bytes;
};

/// Makes one server end: byte mode, overlapped, remote clients refused. `first` asks that nobody else has the name.
/// Returns the Win32 error, or 0 and fills `pipe`.
[[nodiscard]] DWORD create_pipe_instance(const PipeInstanceOptions& options, bool first,
                                         const SecurityDescriptor& security, UniqueHandle& pipe);

/// A connected pair of ends that no one else can get at; see "Workers" in docs/ARCHITECTURE.md.
struct PrivatePipe {
  UniqueHandle broker_end;  ///< Overlapped, not inheritable.
  UniqueHandle worker_end;  ///< Inheritable.
};

enum class WorkerEnd : std::uint8_t {
  channel,  ///< Duplex, overlapped.
  output,   ///< The worker writes, blocking: its stdout or stderr.
};

/// The name is random and has one instance, which this process connects to itself; then it checks that it was itself.
[[nodiscard]] Result<PrivatePipe> create_private_pipe(WorkerEnd kind);

}  // namespace plugbroker::win
