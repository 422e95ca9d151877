// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/client_lib/win/handle_count.h"

#include <stdexcept>

#include "tests/open_handles.h"

namespace plugbroker::client {

std::size_t open_handles() {
  const std::size_t mine = test::count_open_handles(GetCurrentProcess());
  if (mine == 0) throw std::runtime_error("this process's handles can't be counted");
  return mine;
}

}  // namespace plugbroker::client
