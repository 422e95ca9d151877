// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plugbroker::bench {

/// The control of idle_sessions: makes `count` instances of the pipe `name`, one as soon as the one before has a
/// client, with a read of zero bytes pending on each, prints "ready" once the first can be connected to, and ends with
/// its standard input. It keeps of each pipe a handle and an OVERLAPPED, nothing else. Errors are std::runtime_error.
void hold_idle_pipes(const std::string& name, unsigned count);

}  // namespace plugbroker::bench
