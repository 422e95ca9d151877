// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/unit/client_lib/dll/loaded_library.h"

namespace plugbroker::client {

/// What the library's requests for memory came to. Of one library at a time.
namespace memory_requests {
/// Counts, and fails as told, what `library` asks of the heap from now on.
void watch(LoadedLibrary& library);
[[nodiscard]] long count() noexcept;
/// The nth request from now on fails, once; 0: none.
void fail_nth(long n) noexcept;
/// Whether it has.
[[nodiscard]] bool failed() noexcept;
}  // namespace memory_requests

/// The same for what it asks of Windows: each of the functions in failing_imports.cpp.
namespace system_calls {
/// Their names.
[[nodiscard]] std::vector<std::string> watch(LoadedLibrary& library);
/// The nth call of that function from now on fails, once; 0: none.
void fail_nth(const std::string& name, long n);
[[nodiscard]] bool failed() noexcept;
}  // namespace system_calls

/// Uses everything once: a client, a call, an operation, a stream. Nothing but a crash or a hang is a failure; returns
/// whether all went well.
[[nodiscard]] bool use_everything(const LoadedLibrary& library, const std::string& pipe);
/// A call and its reply.
[[nodiscard]] bool call_works(const LoadedLibrary& library, plugbroker_client* client);

}  // namespace plugbroker::client
