// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/pipe_name.h"

#include <gtest/gtest.h>

#include <string>

namespace plugbroker::client {
namespace {

TEST(PipeName, TakesPipesOfThisMachine) {
  EXPECT_TRUE(is_local_pipe_name(default_pipe_name));
  EXPECT_TRUE(is_local_pipe_name(R"(\\.\PIPE\Plug.Broker-2)"));
  EXPECT_TRUE(is_local_pipe_name(R"(\\.\pipe\)" + std::string(247, 'x')));
}

TEST(PipeName, RefusesPipesOfOtherMachinesAndOtherPaths) {
  EXPECT_FALSE(is_local_pipe_name(R"(\\host\pipe\PlugBroker)"));
  EXPECT_FALSE(is_local_pipe_name(R"(\\?\pipe\PlugBroker)"));
  EXPECT_FALSE(is_local_pipe_name(R"(\\.\pipe\..\x)"));
  EXPECT_FALSE(is_local_pipe_name(R"(\\.\pipe\a/b)"));
  EXPECT_FALSE(is_local_pipe_name(R"(\\.\pipe\)"));
  EXPECT_FALSE(is_local_pipe_name("PlugBroker"));
  EXPECT_FALSE(is_local_pipe_name(""));
  EXPECT_FALSE(is_local_pipe_name(R"(\\.\pipe\)" + std::string(248, 'x')));
}

}  // namespace
}  // namespace plugbroker::client
