// SPDX-License-Identifier: Apache-2.0
// A service that cannot start says why, in its exit code, from check-config and in its log; one that runs beside it
// does not notice.
#include <gmock/gmock.h>

#include <cstdlib>
#include <sstream>

#include "tests/everybody_may_write.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/fault_exposure.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::HasSubstr;

// service/exit_code.h, documented in docs/OPERATIONS.md.
constexpr std::uint32_t bad_config = 1;
constexpr std::uint32_t already_running = 3;

/// One service that works, and one whose configuration a test spoils.
class ConfigFaults : public testing::Test {
 protected:
  ConfigFaults() { healthy_.start(); }

  /// Starts the other service again and again until a caller of the healthy one has completed its calls.
  void expect_every_start_to_fail(std::uint32_t exit_code) {
    const Exposure exposure = expose(healthy_, [&] {
      spoiled_.control().start_and_expect_stop();
      EXPECT_EQ(spoiled_.control().exit_code(), exit_code);
    });
    expect_only_the_culprit_suffered(exposure);
  }

  /// The default log, where a service writes whose configuration, and so its log folder, can't be read. Every service
  /// of the machine may write there, so a test looks for its own name.
  bool default_log_says(const std::string& problem) const {
    const char* const data = std::getenv("ProgramData");
    const std::string log =
        read_whole_file(std::filesystem::path(data != nullptr ? data : "") / "PlugBroker" / "logs" / "plugbroker.log");
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("config_rejected") != std::string::npos && line.find(spoiled_.name() + ",") != std::string::npos &&
          line.find(problem) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  /// What check-config says of the spoiled service's configuration.
  Finished check_config(std::vector<std::string> further = {}) {
    std::vector<std::string> arguments{"check-config", "--config", narrow(spoiled_.config_file().wstring())};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return run({.program = product_program("plugbroker-service.exe"),
                .arguments = std::move(arguments),
                .output = spoiled_.folder() / "check.txt"});
  }

  InstalledService healthy_{{.pools = {documents_pool(), sleepers_pool()}}};
  InstalledService spoiled_{{.pools = {documents_pool()}}};
};

TEST_F(ConfigFaults, AMissingConfigIsNamed) {
  std::filesystem::remove(spoiled_.config_file());

  const Finished checked = check_config();

  EXPECT_EQ(checked.exit_code, bad_config);
  EXPECT_THAT(checked.output, AllOf(HasSubstr("plugbroker.json"), HasSubstr("there is no such file")));
  expect_every_start_to_fail(bad_config);
  EXPECT_TRUE(default_log_says("there is no such file"));
}

TEST_F(ConfigFaults, ASyntaxErrorIsReportedWithLineAndColumn) {
  write_whole_file(spoiled_.config_file(), "{\n  \"pools\": {\n    \"a\" 5\n  }\n}\n");

  const Finished checked = check_config();

  EXPECT_EQ(checked.exit_code, bad_config);
  EXPECT_THAT(checked.output, HasSubstr("line 3, column 9"));
  expect_every_start_to_fail(bad_config);
  EXPECT_TRUE(default_log_says("line 3, column 9"));
}

TEST_F(ConfigFaults, ADuplicateKeyIsRefused) {
  write_whole_file(spoiled_.config_file(), "{\n  \"stop_grace\": \"1s\",\n  \"stop_grace\": \"2s\"\n}\n");

  const Finished checked = check_config();

  EXPECT_EQ(checked.exit_code, bad_config);
  EXPECT_THAT(checked.output, AllOf(HasSubstr("line 3, column 3"), HasSubstr("stop_grace")));
}

TEST_F(ConfigFaults, EverySemanticErrorIsReportedAtOnceWithItsPath) {
  PoolText pool = documents_pool({{"min_workers", 2}, {"max_workers", 0}, {"start_timeout", "soon"}});
  pool.routes = {"not a route"};
  spoiled_.write_config({.pools = {pool}});

  const Finished checked = check_config();

  EXPECT_EQ(checked.exit_code, bad_config);
  EXPECT_THAT(checked.output, HasSubstr("/pools/documents/max_workers: 0 is outside 1..256"));
  EXPECT_THAT(checked.output, HasSubstr("/pools/documents/start_timeout: "));
  EXPECT_THAT(checked.output, HasSubstr("/pools/documents/routes/0: "));
}

TEST_F(ConfigFaults, AProgramThatDoesNotExistIsNamed) {
  PoolText pool = documents_pool();
  pool.command = {R"(C:\no\such\worker.exe)"};
  spoiled_.write_config({.pools = {pool}});

  const Finished checked = check_config();

  EXPECT_EQ(checked.exit_code, bad_config);
  EXPECT_THAT(checked.output, AllOf(HasSubstr("/pools/documents/command/0"), HasSubstr("worker.exe")));
  expect_every_start_to_fail(bad_config);
  EXPECT_TRUE(default_log_says("worker.exe"));
}

TEST_F(ConfigFaults, AConfigThatEverybodyMayWriteIsRefusedWithTheAccountAndTheRemedy) {
  test::let_everybody_write(spoiled_.config_file());

  const Finished checked = check_config();

  EXPECT_EQ(checked.exit_code, bad_config);
  EXPECT_THAT(checked.output, AllOf(HasSubstr("plugbroker.json may be changed by "), HasSubstr("S-1-1-0"),
                                    HasSubstr("icacls"), HasSubstr("--trust-writer")));
  expect_every_start_to_fail(bad_config);
  EXPECT_TRUE(default_log_says("S-1-1-0"));
  EXPECT_EQ(check_config({"--trust-writer", "S-1-1-0"}).exit_code, 0u);
}

TEST_F(ConfigFaults, AReloadOfAConfigThatEverybodyMayWriteChangesNothing) {
  spoiled_.start();
  test::let_everybody_write(spoiled_.config_file());

  const Finished reloaded = spoiled_.administer({"reload"});

  EXPECT_NE(reloaded.exit_code, 0u);
  EXPECT_THAT(reloaded.output, HasSubstr("S-1-1-0"));
  spoiled_.wait_for_log_line({"reload_refused", "S-1-1-0"});
  EXPECT_EQ(call(spoiled_, "echo", "still here").reply, "still here");
}

TEST_F(ConfigFaults, AProgramThatIsNotOneIsNamedInTheLogAndTheStatus) {
  PoolText pool = documents_pool();
  pool.command = {narrow(spoiled_.config_file().wstring())};
  spoiled_.write_config({.pools = {pool}});
  spoiled_.start_without_ready_workers();

  const CallReport told = call(spoiled_, "echo", "x", std::chrono::seconds{5});

  EXPECT_EQ(told.status, "unavailable");
  EXPECT_FALSE(told.worker_received);
  spoiled_.wait_for_log_line({"worker_start_failed", "pool=documents", "plugbroker.json"});
  EXPECT_THAT(std::string(spoiled_.pool("documents").at("last_failure").as_string()), HasSubstr("plugbroker.json"));
}

TEST_F(ConfigFaults, ASecondServiceOnTheSamePipesIsRefusedAndTheFirstGoesOn) {
  spoiled_.write_config(
      {.pools = {documents_pool()}, .top = {{"pipe", healthy_.pipe()}, {"admin_pipe", healthy_.admin_pipe()}}});

  expect_every_start_to_fail(already_running);

  spoiled_.wait_for_log_line({"error", "already"});
}

}  // namespace
}  // namespace plugbroker::harness
