// SPDX-License-Identifier: Apache-2.0
// PlugBroker.Client in a process of its own, against an installed service with a C# worker.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/installed_service.h"

namespace plugbroker::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> routes{"echo", "process", "busy", "context", "fail", "throw", "sleep", "upper", "count"};

class CSharpClient : public testing::Test {
 protected:
  [[nodiscard]] ChildProcess start(const std::string& scenario,
                                   const std::string& trusted_owners = "current_user") const {
    return ChildProcess({.program = PLUGBROKER_CSHARP_CLIENT,
                         .arguments = {scenario, service_.pipe(), service_.name()},
                         .output = service_.folder() / (scenario + ".txt"),
                         .environment = host_environment({{"PLUGBROKER_TRUSTED_OWNERS", trusted_owners}})});
  }

  /// The lines that the scenario writes, without those of the client's log.
  [[nodiscard]] std::string run_to_end(ChildProcess process) const {
    const std::uint32_t code = process.wait();
    std::string result;
    std::istringstream lines(process.output());
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("Information: ") && !line.starts_with("Warning: ")) result += line + "\n";
    }
    return code == 0 ? result : "exit code " + std::to_string(code) + "\n" + result;
  }

  void wait_for_line(const ChildProcess& process, const std::string& line) const {
    ASSERT_TRUE(eventually([&] { return process.output().find(line + "\n") != std::string::npos; }))
        << process.output();
  }

  InstalledService service_{{.pools = {{.name = "csharp",
                                        .command = {PLUGBROKER_CSHARP_CLIENT, "worker"},
                                        .routes = routes,
                                        .settings = {{"min_workers", 1}, {"max_workers", 1}, {"concurrency", 8}}}}}};
};

TEST_F(CSharpClient, MakesCallsOfOneMessageEachWay) {
  service_.start();

  EXPECT_EQ(run_to_end(start("unary")),
            "echo hello text/plain\n"
            "large True\n"
            "parallel True\n"
            "context True [seen, blue]\n"
            "waiting still here\n");
}

TEST_F(CSharpClient, GetsEveryFailureWithWhatWasSaidOfIt) {
  service_.start();

  EXPECT_EQ(run_to_end(start("errors")),
            "NotFound Never Broker False: no such route: 'no.such.route'\n"
            "Aborted AfterBackoff Worker True: not now [detail] after 2 s\n"
            "NotFound Never Worker True: System.Collections.Generic.KeyNotFoundException: no such page\n"
            "Unimplemented Never Client True: the route answers with a stream\n");
}

TEST_F(CSharpClient, IsToldWhenToTryAgain) {
  service_.start();
  EXPECT_EQ(service_.administer({"drain", "csharp"}).exit_code, 0u);

  EXPECT_EQ(run_to_end(start("one")),
            "Unavailable AfterBackoff Broker False: pool 'csharp' was drained by an administrator after 1 s\n");
}

TEST_F(CSharpClient, ACallEndsByItsDeadlineAndItsWorkerIsTold) {
  service_.start();

  const std::string output = run_to_end(start("deadline"));

  // The worker or the service: whose clock is the first to say so.
  EXPECT_THAT(output, StartsWith("DeadlineExceeded Never "));
  EXPECT_THAT(output, HasSubstr(" True: "));
  EXPECT_THAT(output, HasSubstr("\nthe worker stopped\n"));
}

TEST_F(CSharpClient, ACancelledCallReachesTheWorkersToken) {
  service_.start();

  EXPECT_EQ(run_to_end(start("cancel")), "given up\nthe worker stopped\n");
}

TEST_F(CSharpClient, StreamsBothWays) {
  service_.start();

  EXPECT_EQ(run_to_end(start("streams")),
            "answer ONE\n"
            "answer \n"
            "answer THREE\n"
            "end True\n"
            "large True\n"
            "pushed 20000 True\n"
            "the worker stopped\n");
}

TEST_F(CSharpClient, SaysThatTheServiceIsStopped) {
  EXPECT_EQ(run_to_end(start("one")), "Unavailable AfterBackoff Client False: the service '" + service_.name() +
                                          "' is stopped (there is no pipe " + service_.pipe() + ")\n");
}

TEST_F(CSharpClient, SendsNothingToAPipeWhoseOwnerIsNotTrusted) {
  service_.start();

  EXPECT_THAT(run_to_end(start("one", "")), testing::AllOf(StartsWith("PermissionDenied Never Client False: the pipe " +
                                                                      service_.pipe() + " belongs to S-1-"),
                                                           HasSubstr(", which is not trusted: nothing was sent")));
}

TEST_F(CSharpClient, ACallOnItsWayIsFinishedWhenTheServiceStops) {
  service_.start();
  ChildProcess process = start("drain");
  wait_for_line(process, "running");

  service_.stop();

  EXPECT_EQ(run_to_end(std::move(process)), "running\nOk slept\n");
}

TEST_F(CSharpClient, ConnectsAgainAfterTheServiceWasRestarted) {
  service_.start();
  ChildProcess process = start("restart");
  wait_for_line(process, "first");

  service_.stop();
  service_.start();

  EXPECT_EQ(run_to_end(std::move(process)), "first\nanother process answers\n");
}

TEST(CSharpSample, TurnsMarkdownIntoHtml) {
  InstalledService service({.pools = {documents_pool()}});
  service.start();
  write_whole_file(service.folder() / "page.md", "# It *works*");

  const Finished sample = run({.program = stage() / "clients" / "csharp" / "MarkdownCaller.exe",
                               .arguments = {(service.folder() / "page.md").string()},
                               .output = service.folder() / "page.html",
                               .environment = host_environment({{"PLUGBROKER_PIPE", service.pipe()}})});

  EXPECT_EQ(sample.exit_code, 0u);
  EXPECT_THAT(sample.output, HasSubstr("<em>works</em>"));
}

}  // namespace
}  // namespace plugbroker::harness
