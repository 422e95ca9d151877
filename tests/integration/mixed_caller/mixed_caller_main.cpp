// SPDX-License-Identifier: Apache-2.0
// plugbroker_mixed_caller PIPE RECORDS NAME SESSIONS SECONDS SEED [PREFIXES [PAUSE | KIND]]
//
// A host application that makes calls of every kind in many sessions at once, until SECONDS have passed, and records
// how each one ended in the file RECORDS. Exits with 0 when every session came to its end.
//
// PREFIXES, separated by commas, stand before the names of the routes, one drawn for each call. PAUSE: so many
// milliseconds pass between two calls of a session, on average. KIND, `hang` or `leak`: each session makes one call of
// that kind and no other.
#include <windows.h>

#include <cstdio>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/mixed_caller/mixed_session.h"

namespace plugbroker::mixed_caller {
namespace {

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream rest(list);
  for (std::string part; std::getline(rest, part, ',');) parts.push_back(part);
  return parts.empty() ? std::vector<std::string>{""} : parts;
}

/// Calls until `end` (of GetTickCount64), with pauses of up to twice `pause_ms` between them.
void call_until(ULONGLONG end, DWORD pause_ms, MixedSession& session, std::mt19937 random) {
  while (GetTickCount64() < end) {
    session.next();
    if (pause_ms != 0) Sleep(static_cast<DWORD>(random() % (2 * pause_ms)));
  }
}

}  // namespace
}  // namespace plugbroker::mixed_caller

int main(int count, char** values) {
  using namespace plugbroker::mixed_caller;
  const std::vector<std::string> arguments(values, values + count);
  if (count < 7 || count > 9) {
    std::fprintf(stderr, "wrong arguments; see the top of mixed_caller_main.cpp\n");
    return 2;
  }
  CallRecords records(arguments[2]);
  const auto sessions = static_cast<unsigned>(std::stoul(arguments[4]));
  const ULONGLONG end = GetTickCount64() + std::stoull(arguments[5]) * 1000;
  const auto seed = static_cast<std::uint32_t>(std::stoul(arguments[6]));
  const std::vector<std::string> prefixes = parts_of(count > 7 ? arguments[7] : "");
  const std::string last = count > 8 ? arguments[8] : "0";
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < sessions; ++i) {
    threads.emplace_back([&, i] {
      const std::uint32_t own_seed = seed * 1000 + i;
      MixedSession session({.pipe = arguments[1],
                            .name = arguments[3] + "." + std::to_string(i),
                            .seed = own_seed,
                            .prefixes = prefixes},
                           records);
      if (last == "hang") return session.hang();
      if (last == "leak") return session.leak();
      call_until(end, static_cast<DWORD>(std::stoul(last)), session, std::mt19937(own_seed));
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}
