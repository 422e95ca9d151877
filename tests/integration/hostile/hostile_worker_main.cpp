// SPDX-License-Identifier: Apache-2.0
// plugbroker_hostile_worker MODE ROUTE...: a worker that means harm. It speaks the protocol by itself, says READY for
// the routes, and serves them by their names:
//
//   hostile.hold   no answer before CANCEL
//   hostile.blob   256 KiB, as its reader gives credit
//   hostile.echo   the request
//   hostile.do     what the mode says:
//     serve             the request
//     answer-for-others ends and answers calls that it was never given
//     write-after-end   the request, and then more of it, and another END
//     print             the number of bytes printed by then: from its first call it prints 1 GiB
//     fork              starts children, of which each starts one of its own; the numbers of their processes.
//                       With the request "die" it exits with 9.
//     open              what it can open that is not its own, a line each: WHAT=opened or WHAT=refused
//   sit            (no worker) waits until it is ended
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/integration/hostile/hostile_worker.h"
#include "tests/integration/hostile/worker_attacks.h"

int main(int count, char** values) {
  using namespace plugbroker::hostile;
  const std::vector<std::string> arguments(values, values + count);
  try {
    if (count > 1 && arguments[1] == "sit") return sit(count > 2);
    if (count < 3) throw std::runtime_error("wrong arguments; see the top of hostile_worker_main.cpp");
    HostileWorker worker({arguments.begin() + 2, arguments.end()}, attack_named(arguments[1]));
    worker.serve();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hostile worker: %s\n", error.what());
    return 2;
  }
}
