// SPDX-License-Identifier: Apache-2.0
// Whatever clients write, the engine keeps its promises to them and to honest workers.
#include "tests/fuzz/engine_run.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plugbroker::fuzz::check_engine(plugbroker::protocol::Role::client, {data, size});
  return 0;
}
