// SPDX-License-Identifier: Apache-2.0
// blocking_relay FRONT BACK: the floor for one call at a time. One thread with blocking pipes: reads a frame of the
// client of the pipe FRONT, writes it to that of BACK, reads the answer there, writes it back. No more can be left out
// of a broker that relays.
#include <cstdio>
#include <exception>

#include "bench/floor/floor_pipes.h"

namespace {

using namespace plugbroker::bench::floor;

/// Carries one frame over; false at the end of the file.
bool carry(HANDLE from, HANDLE to, std::vector<char>& buffer) {
  std::size_t have = 0;
  const std::size_t length = read_frame(from, buffer, have);
  if (length == 0) return false;
  write_all(to, buffer.data(), length);
  return true;
}

}  // namespace

int main(int count, char** values) {
  if (count != 3) {
    std::fprintf(stderr, "usage: blocking_relay FRONT BACK\n");
    return 2;
  }
  try {
    const HANDLE front = make_pipe(values[1], 0);
    const HANDLE back = make_pipe(values[2], 0);
    wait_for_client(back);
    wait_for_client(front);
    std::vector<char> buffer;
    while (carry(front, back, buffer) && carry(back, front, buffer)) {
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "blocking_relay: %s\n", error.what());
    return 1;
  }
  return 0;
}
