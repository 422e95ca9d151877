// SPDX-License-Identifier: Apache-2.0
#include "installer/shutdown_time.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "broker_core/win/utf16.h"
#include "tests/scratch_folder.h"

namespace plugbroker::installer {
namespace {

using namespace std::chrono_literals;

/// A configuration file, with a pool whose program exists.
class ShutdownTime : public ::testing::Test {
 protected:
  [[nodiscard]] std::string config_with(const std::string& top, const std::string& pool) const {
    std::ofstream{file_} << "{" << top
                         << R"("pools": {"p": {"command": ["C:\\windows\\system32\\cmd.exe"], "routes": ["r"], )"
                         << pool << "}}}";
    return win::to_utf8(file_.native());
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path file_ = scratch_.path() / "c.json";
};

TEST_F(ShutdownTime, IsAMinuteWithTheDefaults) {
  EXPECT_EQ(shutdown_time(config_with("", "")), 60s);
}

TEST_F(ShutdownTime, IsAsLongAsTheLongestStop) {
  EXPECT_EQ(shutdown_time(config_with(R"("stop_grace": "5m", )", R"("stop_timeout": "30s", "cancel_grace": "1s")")),
            5min + 30s + 1s + 10s + 15s);
}

TEST_F(ShutdownTime, IsAMinuteWithoutAGoodConfiguration) {
  EXPECT_EQ(shutdown_time("C:\\there is none.json"), 60s);
  EXPECT_EQ(shutdown_time(config_with(R"("stop_grace": 5, )", "")), 60s);
}

}  // namespace
}  // namespace plugbroker::installer
