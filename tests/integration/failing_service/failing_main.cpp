// SPDX-License-Identifier: Apache-2.0
// In place of plugbroker-service.exe: a version that looks good until it has to run. It prints a version, takes every
// configuration, and ends at once with exit code 1 when it is started.
#include <cstdio>
#include <cstring>

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "run") == 0) return 1;
  std::puts("plugbroker-service 9.9.9");
  return 0;
}
