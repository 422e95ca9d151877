// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <plugbroker/plugbroker.hpp>

int main() {
  std::printf("version %s\n", plugbroker_version());
}
