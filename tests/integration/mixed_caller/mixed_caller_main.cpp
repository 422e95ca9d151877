// SPDX-License-Identifier: Apache-2.0
// plugbroker_mixed_caller PIPE RECORDS NAME SESSIONS SECONDS SEED
//
// A host application that makes calls of every kind in many sessions at once, until SECONDS have passed, and records
// how each one ended in the file RECORDS. Exits with 0 when every session came to its end.
#include <windows.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/mixed_caller/mixed_session.h"

int main(int count, char** values) {
  using namespace plugbroker::mixed_caller;
  const std::vector<std::string> arguments(values, values + count);
  if (count != 7) {
    std::fprintf(stderr, "wrong arguments; see the top of mixed_caller_main.cpp\n");
    return 2;
  }
  CallRecords records(arguments[2]);
  const auto sessions = static_cast<unsigned>(std::stoul(arguments[4]));
  const ULONGLONG end = GetTickCount64() + std::stoull(arguments[5]) * 1000;
  const auto seed = static_cast<std::uint32_t>(std::stoul(arguments[6]));
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < sessions; ++i) {
    threads.emplace_back([&, i] {
      MixedSession session(arguments[1], arguments[3] + "." + std::to_string(i), seed * 1000 + i, records);
      while (GetTickCount64() < end) session.next();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}
