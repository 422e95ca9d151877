// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plugbroker::hostile {

/// Tries to get at what is not this worker's. `targets` has a line for each: `process NUMBER`, `pipe NAME`, `read
/// FILE`, `write FILE`. Returns a line for each, the same and `=opened` or `=refused`, and these:
///
///   pipes=N                     handles of pipes that this process has: its channel, its two outputs, no other's
///   processes= N N …, files=N    the numbers of other processes of which it has a handle; handles of files on disk
///   own channel again=…         whether its own channel can be opened once more, by the name that it has
///   own channel's other end=…   whether another instance of it can be made, to be taken for the broker
[[nodiscard]] std::string foreign_objects(const std::string& targets);

}  // namespace plugbroker::hostile
