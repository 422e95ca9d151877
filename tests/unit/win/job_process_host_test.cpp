// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/job_process_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "broker_core/base/limits.h"
#include "broker_core/win/utf16.h"
#include "tests/unit/win/process_bench.h"

namespace plugbroker::win {
namespace {

using JobProcessHostTest = test::ProcessBench;

TEST_F(JobProcessHostTest, TalksToAWorkerOverItsChannel) {
  use_child({"echo"});
  const WorkerId worker = start_and_wait_for_channel();
  const ConnectionId channel = processes_.channels[worker];
  serve_until([&] { return sink_.text[channel] == "hello"; });

  send(channel, " world");
  serve_until([&] { return sink_.text[channel] == "hello world"; });

  transport_->close(channel, Duration::zero());
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
  EXPECT_EQ(processes_.exit_codes[worker], 0u);
}

TEST_F(JobProcessHostTest, ReportsTheExitCode) {
  use_child({"exit", "42"});

  EXPECT_EQ(run(), 42u);
}

TEST_F(JobProcessHostTest, ClosesTheChannelOfAWorkerThatHasEnded) {
  use_child({"exit", "0"});
  const WorkerId worker = start_and_wait_for_channel();

  serve_processes_until([&] { return sink_.reasons.contains(processes_.channels[worker]); });
}

TEST_F(JobProcessHostTest, TerminatesAWorkerThatDoesNotEnd) {
  use_child({"wait"});
  const WorkerId worker = start_and_wait_for_channel();

  host_->terminate(worker, nullptr);
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });

  EXPECT_EQ(processes_.exit_codes[worker], terminated_exit_code);
}

TEST_F(JobProcessHostTest, ReportsOneEndOfAWorkerThatIsTerminatedBeforeItsStartWasReported) {
  use_child({"wait"});
  const WorkerId worker = start();

  host_->terminate(worker, nullptr);
  serve_processes_until([&] { return processes_.exit_codes.contains(worker) || processes_.withdrawn.contains(worker); });

  // Which of them depends on how far the start had come.
  EXPECT_EQ(processes_.channels.contains(worker), processes_.exit_codes.contains(worker));
  EXPECT_NE(processes_.channels.contains(worker), processes_.withdrawn.contains(worker));
}

TEST_F(JobProcessHostTest, DoesNotStartAWorkerThatIsTerminatedWhileOthersAreStarted) {
  use_child({"wait"});
  constexpr std::size_t starts = 32;  // Many more than start at once.
  std::vector<WorkerId> workers;
  for (std::size_t i = 0; i < starts; ++i) workers.push_back(start());

  for (const WorkerId worker : workers) host_->terminate(worker, nullptr);
  serve_processes_until([&] { return processes_.exit_codes.size() + processes_.withdrawn.size() == starts; });

  EXPECT_TRUE(processes_.withdrawn.contains(workers.back()));
  EXPECT_FALSE(processes_.process_ids.contains(workers.back()));
}

TEST_F(JobProcessHostTest, TerminatingAWorkerThatHasEndedDoesNothing) {
  use_child({"exit", "7"});
  EXPECT_EQ(run(), 7u);

  host_->terminate(WorkerId{last_worker_}, nullptr);
  EXPECT_EQ(run(), 7u);
}

/// A process by its id, held so that the id can't be given to another one.
UniqueHandle open_process(const std::string& id) {
  return UniqueHandle(OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(std::stoul(id))));
}

TEST_F(JobProcessHostTest, EndsDescendantsWithATerminatedWorker) {
  use_child({"parent", "wait"});
  const WorkerId worker = start();
  const UniqueHandle descendant = open_process(sentence_of(worker));
  ASSERT_TRUE(descendant);
  EXPECT_EQ(WaitForSingleObject(descendant.get(), 0), DWORD{WAIT_TIMEOUT});

  host_->terminate(worker, nullptr);

  EXPECT_EQ(WaitForSingleObject(descendant.get(), test::hang_guard_milliseconds), DWORD{WAIT_OBJECT_0});
}

TEST_F(JobProcessHostTest, EndsDescendantsOfAWorkerThatEndsByItself) {
  use_child({"parent", "end"});
  const WorkerId worker = start();
  const UniqueHandle descendant = open_process(sentence_of(worker));
  ASSERT_TRUE(descendant);

  send(processes_.channels[worker], "go");
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });

  EXPECT_EQ(processes_.exit_codes[worker], 0u);
  EXPECT_EQ(WaitForSingleObject(descendant.get(), test::hang_guard_milliseconds), DWORD{WAIT_OBJECT_0});
}

TEST_F(JobProcessHostTest, EndsItsWorkersWhenItIsDestroyed) {
  use_child({"parent", "wait"});
  const WorkerId worker = start();
  const UniqueHandle descendant = open_process(sentence_of(worker));
  ASSERT_TRUE(descendant);

  host_.reset();

  EXPECT_EQ(WaitForSingleObject(descendant.get(), test::hang_guard_milliseconds), DWORD{WAIT_OBJECT_0});
}

TEST_F(JobProcessHostTest, AWorkerInheritsItsChannelAndStandardHandlesAndNothingElse) {
  SECURITY_ATTRIBUTES inheritable{};
  inheritable.nLength = sizeof(inheritable);
  inheritable.bInheritHandle = TRUE;
  const UniqueHandle not_for_workers(CreateEventW(&inheritable, TRUE, FALSE, nullptr));
  ASSERT_TRUE(not_for_workers);
  use_child({"handles"});

  std::istringstream lists(sentence_of(start()));
  std::set<std::string> inherited;
  std::set<std::string> expected;
  std::string word;
  while (lists >> word && word != "|") inherited.insert(word);
  while (lists >> word) expected.insert(word);

  EXPECT_EQ(expected.size(), 4u);
  EXPECT_EQ(inherited, expected);
}

TEST_F(JobProcessHostTest, TellsAWorkerItsPoolAndNumber) {
  use_child({"variable", "PLUGBROKER_POOL"});
  EXPECT_EQ(sentence_of(start()), "documents");

  use_child({"variable", "PLUGBROKER_WORKER"});
  const WorkerId worker = start();
  EXPECT_EQ(sentence_of(worker), std::to_string(worker.value));
}

TEST_F(JobProcessHostTest, GivesAWorkerThePoolsVariablesWhateverTheirCase) {
  LaunchSpec spec;
  spec.command = {test::child_program(), "variable", "PathExt"};
  spec.environment = {{"PATHEXT", "from the pool"}};
  use(spec);

  EXPECT_EQ(sentence_of(start()), "from the pool");
}

TEST_F(JobProcessHostTest, DoesNotHandThisProcesssOwnVariablesOn) {
  SetEnvironmentVariableW(L"PLUGBROKER_TEST_SECRET", L"not for workers");
  use_child({"variable", "PLUGBROKER_TEST_SECRET"});

  EXPECT_EQ(sentence_of(start()), "(none)");
}

TEST_F(JobProcessHostTest, StartsAWorkerInItsWorkingDirectory) {
  LaunchSpec spec;
  spec.command = {test::child_program(), "folder"};
  spec.working_directory = "C:\\windows";
  use(spec);
  EXPECT_EQ(sentence_of(start()), "C:\\windows");
}

TEST_F(JobProcessHostTest, StartsAWorkerInItsProgramsFolderUnlessTold) {
  use_child({"folder"});
  const std::string program = test::child_program();

  EXPECT_EQ(sentence_of(start()), program.substr(0, program.find_last_of('\\')));
}

TEST_F(JobProcessHostTest, NamesTheProgramThatCannotBeStarted) {
  LaunchSpec spec;
  spec.command = {"C:\\no such folder\\worker.exe"};
  use(spec);

  const WorkerId worker = start();
  serve_processes_until([&] { return processes_.failures.contains(worker); });

  const std::string& reason = processes_.failures[worker];
  EXPECT_NE(reason.find("CreateProcessAsUserW"), std::string::npos) << reason;
  EXPECT_NE(reason.find("C:\\no such folder\\worker.exe"), std::string::npos) << reason;
  EXPECT_NE(reason.find("error "), std::string::npos) << reason;
  EXPECT_FALSE(processes_.channels.contains(worker));
}

TEST_F(JobProcessHostTest, StartsTheNextWorkerAfterOneThatFailed) {
  LaunchSpec bad;
  bad.pool = "bad";
  bad.command = {"C:\\gone.exe"};
  LaunchSpec good;
  good.pool = "good";
  good.command = {test::child_program(), "exit", "5"};
  auto host = JobProcessHost::create({bad, good}, *transport_, log_, clock_, options_);
  ASSERT_TRUE(host.ok());
  host_ = std::move(host).value();

  host_->start(WorkerId{1}, 0);
  host_->start(WorkerId{2}, 1);
  serve_processes_until([&] { return processes_.exit_codes.contains(WorkerId{2}); });

  EXPECT_TRUE(processes_.failures.contains(WorkerId{1}));
}

TEST_F(JobProcessHostTest, LogsEveryLineOfAWorkerBeforeItsExitIsReported) {
  use_child({"print", "3"});
  (void)run();

  const auto lines = log_.of_event("worker_output");
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_TRUE(std::all_of(lines.begin(), lines.end(),
                          [](const LogRecord& line) { return line.pool == "documents" && line.worker == 1; }));
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const LogRecord& line) {
                            return line.message == "something went wrong" && line.level == LogLevel::warning;
                          }),
            1);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const LogRecord& line) {
                            return line.message == "last words" && line.level == LogLevel::information;
                          }),
            1);
}

TEST_F(JobProcessHostTest, ReadsAFloodOfLinesToItsEndAndLogsAFewOfThem) {
  constexpr std::uint64_t printed = 20'000 + 2;
  use_child({"print", "20000"});
  (void)run();

  std::uint64_t dropped = 0;
  for (const LogRecord& record : log_.of_event("worker_output_dropped")) dropped += std::stoull(record.message);
  const std::size_t logged = log_.of_event("worker_output").size();
  EXPECT_GE(logged, limits::max_output_lines_per_second);
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(logged + dropped, printed);
}

}  // namespace
}  // namespace plugbroker::win
