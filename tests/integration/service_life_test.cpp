// SPDX-License-Identifier: Apache-2.0
// The life of an installed service as the service control manager sees it: a start that does not get every pool ready,
// stops of every kind, and every way to end without having been asked to, each with an exit code that is not zero.
#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/wine.h"

namespace plugbroker::harness {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// service/exit_code.h, documented in docs/OPERATIONS.md.
constexpr std::uint32_t ok = 0;
constexpr std::uint32_t usage = 2;
constexpr std::uint32_t start_failed = 4;
constexpr std::uint32_t unreachable = 7;

PoolText never_ready_pool() {
  return misbehaving_pool("never-ready", {"never"}, {{"min_workers", 1}, {"start_timeout", "10m"}});
}

/// Instances of a pipe that belong to this process, as a squatter's would.
class ForeignInstances {
 public:
  ForeignInstances(const std::string& pipe, std::size_t count, DWORD most = PIPE_UNLIMITED_INSTANCES) {
    for (std::size_t i = 0; i < count; ++i) {
      instances_.emplace_back(CreateNamedPipeW(widen(pipe).c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                               PIPE_TYPE_BYTE, most, 65536, 65536, 0, nullptr));
      if (!instances_.back()) throw_last_error("CreateNamedPipe " + pipe);
    }
  }

 private:
  std::vector<WindowsHandle> instances_;
};

/// Names of the pools that the status calls degraded.
std::vector<std::string> degraded(const InstalledService& service) {
  std::vector<std::string> names;
  const boost::json::object status = service.status();
  for (const boost::json::value& name : status.at("degraded_pools").as_array()) names.emplace_back(name.as_string());
  return names;
}

// The start.

TEST(ServiceStart, RunsDegradedWhenAPoolDoesNotGetReadyAndServesTheOthers) {
  InstalledService service({.pools = {never_ready_pool(), documents_pool()}, .top = {{"ready_timeout", "500ms"}}});
  service.start_without_ready_workers();

  service.wait_for_log_line({"service_ready"});
  service.wait_for_log_line({"warning service_degraded", "never-ready has 0 of 1 worker"});
  ASSERT_TRUE(eventually([&] { return service.workers("documents").size() == 1; }));
  EXPECT_THAT(degraded(service), ElementsAre("never-ready"));
  EXPECT_THAT(service.administer({"status"}).output, HasSubstr("degraded (below the minimum of workers: never-ready)"));
  EXPECT_EQ(call(service, "echo", "still served").reply, "still served");
}

TEST(ServiceStart, IsDegradedNoLongerOnceNoPoolLacksAWorker) {
  InstalledService service({.pools = {never_ready_pool()}, .top = {{"ready_timeout", "0s"}}});
  service.start_without_ready_workers();
  service.wait_for_log_line({"service_degraded"});

  EXPECT_EQ(service.administer({"drain", "never-ready"}).exit_code, 0u);

  service.wait_for_log_line({"service_recovered"});
  EXPECT_THAT(degraded(service), IsEmpty());
}

TEST(ServiceStart, StaysStartPendingWithGrowingCheckpointsAsLongAsItMayWait) {
  InstalledService service({.pools = {never_ready_pool()}, .top = {{"ready_timeout", "10m"}}});
  service.control().start();
  const auto pending = [&] { return service.control().state() == SERVICE_START_PENDING; };
  ASSERT_TRUE(eventually([&] { return pending() && service.control().checkpoint() > 0; }));
  const std::uint32_t before = service.control().checkpoint();

  EXPECT_TRUE(eventually([&] { return service.control().checkpoint() >= before + 2; }));
  EXPECT_TRUE(pending());
  EXPECT_THAT(service.log_lines({"service_ready"}), IsEmpty());
}

// The stop.

TEST(ServiceStop, EndsWhatRunsAfterTheGraceAndLeavesNoProcess) {
  InstalledService service({.pools = {sleepers_pool()}, .top = {{"stop_grace", "300ms"}}});
  service.start();
  const std::uint32_t worker = service.workers("sleepers").at(0);
  SingleCall running(service, "sleep", "60000");
  ASSERT_TRUE(eventually([&] { return service.status().at("calls_in_progress").to_number<unsigned>() == 1; }));

  service.stop();

  EXPECT_EQ(running.report().status, "unavailable");
  EXPECT_EQ(service.control().exit_code(), ok);
  EXPECT_FALSE(process_runs(worker));
  service.wait_for_log_line({"service_stopping", "300ms"});
}

TEST(ServiceStop, ASecondStopIsHarmless) {
  InstalledService service({.pools = {sleepers_pool()}});
  service.start();
  SingleCall running(service, "sleep", "1500");
  ASSERT_TRUE(eventually([&] { return service.status().at("calls_in_progress").to_number<unsigned>() == 1; }));

  const std::uint32_t first = service.control().send(SERVICE_CONTROL_STOP);
  const std::uint32_t second = service.control().send(SERVICE_CONTROL_STOP);
  service.control().wait_for_stopped();

  EXPECT_EQ(first, std::uint32_t{NO_ERROR});
  EXPECT_THAT(second, AnyOf(std::uint32_t{NO_ERROR}, std::uint32_t{ERROR_SERVICE_CANNOT_ACCEPT_CTRL}));
  EXPECT_EQ(running.report().status, "ok");
  EXPECT_EQ(service.control().exit_code(), ok);
}

TEST(ServiceControls, ThatItDoesNotKnowChangeNothing) {
  InstalledService service({.pools = {documents_pool()}});
  service.start();
  constexpr DWORD first_of_users = 128;

  for (const DWORD control : {first_of_users, DWORD{SERVICE_CONTROL_INTERROGATE}, DWORD{SERVICE_CONTROL_PAUSE},
                              DWORD{SERVICE_CONTROL_CONTINUE}}) {
    static_cast<void>(service.control().send(control));
  }

  EXPECT_EQ(service.control().state(), std::uint32_t{SERVICE_RUNNING});
  EXPECT_EQ(call(service, "echo", "x").status, "ok");
}

// The ends that nobody asked for. Exit codes 1 and 3: config_faults_test. Code 5 needs a defect of the service:
// ServiceLife and CrashReport in tests/unit/service.

TEST(ServiceEnd, SaysThatItsCommandLineIsWrong) {
  InstalledService service({.pools = {documents_pool()}});
  service.control().add_to_command_line(" --no-such-option");

  service.control().start_and_expect_stop();

  EXPECT_EQ(service.control().exit_code(), usage);
}

TEST(ServiceEnd, SaysThatItsLogCannotBeWritten) {
  InstalledService service({.pools = {documents_pool()}});
  const std::filesystem::path file = service.folder() / "a file";
  write_whole_file(file, "x");
  service.write_config({.pools = {documents_pool()}, .top = {{"log", {{"folder", narrow((file / "log").wstring())}}}}});

  service.control().start_and_expect_stop();

  EXPECT_EQ(service.control().exit_code(), start_failed);
}

TEST(ServiceEnd, SaysThatItsPipeCannotBeHad) {
  InstalledService service({.pools = {documents_pool()}});
  const ForeignInstances squatter(service.pipe(), 1, 1);

  service.control().start_and_expect_stop();

  EXPECT_EQ(service.control().exit_code(), start_failed);
  service.wait_for_log_line({"service_start_failed", service.name()});
}

TEST(ServiceEnd, SaysThatItsPipeAnswersSomebodyElse) {
  if (!runs_under_wine()) GTEST_SKIP() << "Windows: FILE_FLAG_FIRST_PIPE_INSTANCE lets the service not even start";
  InstalledService service({.pools = {documents_pool()}});
  const ForeignInstances squatter(service.pipe(), 8);

  service.control().start_and_expect_stop();

  EXPECT_EQ(service.control().exit_code(), unreachable);
  service.wait_for_log_line({"self_probe_failed", "process " + std::to_string(GetCurrentProcessId())});
  service.wait_for_log_line({"error service_unreachable", service.name()});
  EXPECT_THAT(service.log_lines({"service_ready"}), IsEmpty());
}

TEST(ServiceEnd, DrainsWhenItsPipeIsTakenOverWhileItRuns) {
  if (!runs_under_wine()) GTEST_SKIP() << "Windows: the pipe's DACL lets nobody else make an instance";
  InstalledService service({.pools = {documents_pool(), sleepers_pool()}, .top = {{"self_probe_interval", "100ms"}}});
  service.start();
  const std::uint32_t worker = service.workers("sleepers").at(0);
  SingleCall running(service, "sleep", "14000");
  ASSERT_TRUE(eventually([&] { return service.status().at("calls_in_progress").to_number<unsigned>() == 1; }));

  const ForeignInstances squatter(service.pipe(), 64);
  service.control().wait_for_stopped();

  EXPECT_EQ(running.report().status, "ok");
  EXPECT_EQ(service.control().exit_code(), unreachable);
  EXPECT_FALSE(process_runs(worker));
}

TEST(ServiceProbe, LeavesNothingBehind) {
  InstalledService service({.pools = {documents_pool()}, .top = {{"self_probe_interval", "20ms"}}});
  service.start();
  const auto opened = [&] { return service.log_lines({"session_opened", "plugbroker-self-probe"}).size(); };
  ASSERT_TRUE(eventually([&] { return opened() >= 20; }));
  const std::size_t handles = handle_count(service.process_id());
  const std::size_t before = opened();

  ASSERT_TRUE(eventually([&] { return opened() >= before + 100; }));

  // One that leaked would have left at least a handle for each.
  EXPECT_LT(handle_count(service.process_id()), handles + 50);
}

TEST(ServiceEvents, CanBeReadBackFromTheEventLog) {
  if (runs_under_wine()) GTEST_SKIP() << "Wine: events can't be read back";
  InstalledService service({.pools = {documents_pool()}});
  service.start();

  const HANDLE log = OpenEventLogW(nullptr, L"Application");
  ASSERT_NE(log, nullptr);
  const auto found = [&] {
    std::array<BYTE, 65536> buffer{};
    DWORD size = 0;
    DWORD needed = 0;
    while (ReadEventLogW(log, EVENTLOG_SEQUENTIAL_READ | EVENTLOG_BACKWARDS_READ, 0, buffer.data(),
                         static_cast<DWORD>(buffer.size()), &size, &needed)) {
      for (DWORD at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const EVENTLOGRECORD*>(buffer.data() + at);
        const auto* source = reinterpret_cast<const wchar_t*>(entry + 1);
        if ((entry->EventID & 0xFFFF) == 100 && narrow(source) == service.name()) return true;
        at += entry->Length;
      }
    }
    return false;
  };
  EXPECT_TRUE(eventually(found));
  CloseEventLog(log);
}

}  // namespace
}  // namespace plugbroker::harness
