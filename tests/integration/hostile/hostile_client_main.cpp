// SPDX-License-Identifier: Apache-2.0
// plugbroker_hostile_client ATTACK PIPE [N]: a client that means harm, in a process of its own. It attacks once, prints
// what came of it as NAME=NUMBER, a line each, and exits with 0; with 1 when the attack could not be carried out.
//
//   flood-connections     N connections that say HELLO and stay
//   half-open             N connections that say half a HELLO; prints in_place=1 when all are there, and stays
//   slow-reader           asks for replies and reads none, then sends PINGs and reads no PONG
//   slow-writer           a HELLO byte by byte and never whole; a request byte by byte and never whole
//   lying-lengths         every length that a frame or its metadata has, false
//   stream-id-reuse       ids that are open, were used, go down, or never were
//   credit-overflow       more credit than there may be; more bytes than there is credit for
//   cancels               N calls, each cancelled at once
//   giant-metadata        as much metadata as may be, and more
//   route-names           names that are paths, end lines, or look like the log's own; in other texts too
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "tests/integration/hostile/client_attacks.h"

int main(int count, char** values) {
  using namespace plugbroker::hostile;
  const std::vector<std::string> arguments(values, values + count);
  if (count < 3) {
    std::fprintf(stderr, "wrong arguments; see the top of hostile_client_main.cpp\n");
    return 2;
  }
  const unsigned size = count > 3 ? static_cast<unsigned>(std::stoul(arguments[3])) : 1;
  for (const Attack& attack : attacks()) {
    if (attack.name != arguments[1]) continue;
    try {
      attack.run(arguments[2], size);
      return 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", arguments[1].c_str(), error.what());
      return 1;
    }
  }
  std::fprintf(stderr, "there is no attack '%s'\n", arguments[1].c_str());
  return 2;
}
