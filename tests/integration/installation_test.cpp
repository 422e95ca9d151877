// SPDX-License-Identifier: Apache-2.0
// plugbroker-install does what an administrator expects, however often it is told; deadlines and stops as they show at
// an installed service.
#include <gmock/gmock.h>

#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::HasSubstr;

// installer/install_command.h, documented in docs/OPERATIONS.md.
constexpr std::uint32_t ok = 0;
constexpr std::uint32_t usage = 2;
constexpr std::uint32_t not_installed = 3;
constexpr std::uint32_t not_running = 4;

/// A service that is there through plugbroker-install alone.
class Installer : public testing::Test {
 protected:
  Installer() : service_({.pools = {documents_pool()}}, InstalledService::Registration::by_the_test) {}

  /// The exit code of plugbroker-install.
  std::uint32_t install(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--service-name", service_.name()});
    const Finished finished = run({.program = product_program("plugbroker-install.exe"),
                                   .arguments = std::move(arguments),
                                   .output = service_.folder() / "install.txt"});
    output_ = finished.output;
    return finished.exit_code;
  }

  std::string config() const { return narrow(service_.config_file().wstring()); }

  InstalledService service_;
  std::string output_;
};

TEST_F(Installer, InstallsStartsStopsAndUninstallsAndDoingItAgainChangesNothing) {
  EXPECT_EQ(install({"status"}), not_installed);
  EXPECT_EQ(install({"install", "--config", config()}), ok) << output_;
  EXPECT_EQ(install({"install", "--config", config()}), ok) << output_;
  EXPECT_EQ(install({"status"}), not_running);
  EXPECT_EQ(install({"start"}), ok) << output_;
  EXPECT_EQ(service_.control().state(), std::uint32_t{SERVICE_RUNNING});
  EXPECT_EQ(install({"start"}), ok) << output_;
  EXPECT_EQ(install({"status"}), ok) << output_;
  EXPECT_EQ(call(service_, "echo", "installed").reply, "installed");
  EXPECT_EQ(install({"stop"}), ok) << output_;
  EXPECT_EQ(service_.control().state(), std::uint32_t{SERVICE_STOPPED});
  EXPECT_EQ(install({"stop"}), ok) << output_;
  EXPECT_EQ(install({"uninstall"}), ok) << output_;
  EXPECT_FALSE(service_.control().installed());
  EXPECT_EQ(install({"uninstall"}), ok) << output_;
}

TEST_F(Installer, UninstallsAServiceThatRunsAndLeavesNoProcess) {
  ASSERT_EQ(install({"install", "--config", config()}), ok) << output_;
  ASSERT_EQ(install({"start"}), ok) << output_;
  const std::uint32_t process = service_.process_id();
  const std::vector<std::uint32_t> workers = service_.workers("documents");

  EXPECT_EQ(install({"uninstall"}), ok) << output_;

  EXPECT_TRUE(eventually([&] { return !process_runs(process); }));
  EXPECT_FALSE(process_runs(workers.at(0)));
  EXPECT_FALSE(service_.control().installed());
}

TEST_F(Installer, SaysWhereToLookWhenAServiceDoesNotStart) {
  write_whole_file(service_.config_file(), "{ \"pools\": {} }");
  ASSERT_EQ(install({"install", "--config", config()}), ok) << output_;

  EXPECT_EQ(install({"start"}), 1u);

  EXPECT_THAT(output_, testing::AllOf(HasSubstr("exit code 1"), HasSubstr("check-config"), HasSubstr("log")));
  EXPECT_EQ(install({"uninstall"}), ok) << output_;
}

TEST_F(Installer, RefusesACommandThatItDoesNotKnow) {
  EXPECT_EQ(install({"instal"}), usage);
  EXPECT_THAT(output_, HasSubstr("instal"));
}

class InstalledServiceTest : public testing::Test {
 protected:
  InstalledServiceTest() { service_.start(); }

  InstalledService service_{{.pools = {documents_pool(), sleepers_pool()}}};
};

TEST_F(InstalledServiceTest, ACallThatTakesTooLongEndsAtItsDeadlineAndTheWorkerGoesOn) {
  const std::uint32_t worker = service_.workers("sleepers").at(0);

  const CallReport late = call(service_, "sleep", "60000", std::chrono::milliseconds{300});
  const CallReport next = call(service_, "sleep", "1");

  EXPECT_EQ(late.status, "deadline_exceeded");
  EXPECT_TRUE(late.worker_received);
  EXPECT_EQ(next.status, "ok");
  EXPECT_EQ(service_.workers("sleepers").at(0), worker);
}

TEST_F(InstalledServiceTest, ACallWhoseDeadlinePassesInTheQueueIsSafeToRepeat) {
  SingleCall first(service_, "sleep", "3000");
  ASSERT_TRUE(eventually([&] { return service_.status().at("calls_in_progress").to_number<unsigned>() == 1; }));

  const CallReport queued = call(service_, "sleep", "1", std::chrono::milliseconds{300});

  EXPECT_EQ(queued.status, "deadline_exceeded");
  EXPECT_EQ(queued.retry, "safe");
  EXPECT_FALSE(queued.worker_received);
  EXPECT_EQ(first.report().status, "ok");
}

TEST_F(InstalledServiceTest, AStopLetsTheRunningCallFinish) {
  SingleCall running(service_, "sleep", "1500");
  ASSERT_TRUE(eventually([&] { return service_.status().at("calls_in_progress").to_number<unsigned>() == 1; }));

  service_.stop();

  EXPECT_EQ(running.report().status, "ok");
}

TEST_F(InstalledServiceTest, StoppedAndNotInstalledAreToldApart) {
  service_.stop();
  const CallReport stopped = call(service_, "echo", "x", std::chrono::seconds{5});
  service_.remove();
  const CallReport gone = call(service_, "echo", "x", std::chrono::seconds{5});

  EXPECT_EQ(stopped.status, "unavailable");
  EXPECT_THAT(stopped.message, HasSubstr("stopped"));
  EXPECT_EQ(gone.status, "failed_precondition");
  EXPECT_THAT(gone.message, HasSubstr("not installed"));
}

TEST_F(InstalledServiceTest, ClientsConnectAgainAfterARestart) {
  BackgroundCaller caller(service_);
  caller.wait_for_finished(10);

  service_.stop();
  service_.start();
  const std::uint64_t then = caller.finished();
  caller.wait_for_finished(then + 10);
  const std::vector<CallReport> outcomes = caller.stop();

  EXPECT_EQ(outcomes.back().status, "ok");
}

TEST(ServiceStop, IsAcceptedWhileTheServiceStillStarts) {
  InstalledService service(
      {.pools = {misbehaving_pool("never-ready", {"x"}, {{"min_workers", 1}, {"start_timeout", "10m"}})},
       .top = {{"ready_timeout", "10m"}}});
  service.control().start();
  service.wait_for_log_line({"worker_started"});
  EXPECT_EQ(service.control().state(), std::uint32_t{SERVICE_START_PENDING});

  service.stop();

  EXPECT_EQ(service.control().exit_code(), 0u);
  service.wait_for_log_line({"service_stopped"});
}

}  // namespace
}  // namespace plugbroker::harness
