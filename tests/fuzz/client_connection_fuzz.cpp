// SPDX-License-Identifier: Apache-2.0
// Whatever a server writes, the client keeps its promises to its callers and to the server.
#include "tests/fuzz/client_run.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plugbroker::fuzz;
  ClientRun whole(Cut::whole);
  whole.play({data, size});
  ClientRun pieces(Cut::byte_by_byte);
  pieces.play({data, size});
  require(whole.notes() == pieces.notes(), "what the client does does not depend on how the bytes were cut");
  return 0;
}
