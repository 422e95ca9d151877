// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/client_attacks.h"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace plugbroker::hostile {

std::span<const Attack> attacks() {
  static constexpr std::array all{Attack{"flood-connections", flood_connections},
                                  Attack{"half-open", half_open},
                                  Attack{"slow-reader", read_slowly},
                                  Attack{"slow-writer", write_slowly},
                                  Attack{"lying-lengths", lie_about_lengths},
                                  Attack{"stream-id-reuse", reuse_stream_ids},
                                  Attack{"credit-overflow", overflow_credit},
                                  Attack{"cancels", cancel_calls},
                                  Attack{"giant-metadata", send_giant_metadata},
                                  Attack{"route-names", call_forged_routes}};
  return all;
}

void tell(const char* name, std::uint64_t number) {
  std::printf("%s=%" PRIu64 "\n", name, number);
  std::fflush(stdout);
}

}  // namespace plugbroker::hostile
