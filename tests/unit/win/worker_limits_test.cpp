// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_limits.h"

#include <gtest/gtest.h>

#include "broker_core/win/worker_job.h"
#include "tests/unit/win/process_bench.h"

namespace plugbroker::win {
namespace {

constexpr DWORD always = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;

TEST(JobRequest, WithoutLimitsAsksForTheEndWithTheJobAndNoErrorDialogOnly) {
  const JobRequest request = job_request({}, UserInterface::shared);

  EXPECT_EQ(request.limits.BasicLimitInformation.LimitFlags, always);
  EXPECT_FALSE(request.cpu_rate.has_value());
  EXPECT_EQ(request.user_interface, 0u);
}

TEST(JobRequest, KeepsWorkersOffTheUserInterfaceOfOthers) {
  constexpr DWORD everything = JOB_OBJECT_UILIMIT_HANDLES | JOB_OBJECT_UILIMIT_READCLIPBOARD |
                               JOB_OBJECT_UILIMIT_WRITECLIPBOARD | JOB_OBJECT_UILIMIT_SYSTEMPARAMETERS |
                               JOB_OBJECT_UILIMIT_DISPLAYSETTINGS | JOB_OBJECT_UILIMIT_GLOBALATOMS |
                               JOB_OBJECT_UILIMIT_DESKTOP | JOB_OBJECT_UILIMIT_EXITWINDOWS;

  EXPECT_EQ(job_request({}, UserInterface::own_only).user_interface, everything);
}

TEST(JobRequest, DoesNotAskForAClassThatAJobNeedsAPrivilegeFor) {
  EXPECT_EQ(job_request({.priority = Priority::high}, UserInterface::shared).limits.BasicLimitInformation.LimitFlags,
            always);
}

TEST(JobRequest, AsksForEveryLimit) {
  const JobRequest request = job_request({.priority = Priority::below_normal,
                                          .affinity_mask = 0x5,
                                          .max_memory_bytes = 64u << 20,
                                          .max_cpu_percent = 25,
                                          .max_processes = 3},
                                         UserInterface::shared);

  const JOBOBJECT_BASIC_LIMIT_INFORMATION& basic = request.limits.BasicLimitInformation;
  EXPECT_EQ(basic.LimitFlags, always | JOB_OBJECT_LIMIT_PRIORITY_CLASS | JOB_OBJECT_LIMIT_AFFINITY |
                                  JOB_OBJECT_LIMIT_JOB_MEMORY | JOB_OBJECT_LIMIT_ACTIVE_PROCESS);
  EXPECT_EQ(basic.PriorityClass, DWORD{BELOW_NORMAL_PRIORITY_CLASS});
  EXPECT_EQ(basic.Affinity, 0x5u);
  EXPECT_EQ(basic.ActiveProcessLimit, 3u);
  EXPECT_EQ(request.limits.JobMemoryLimit, 64u << 20);
  ASSERT_TRUE(request.cpu_rate.has_value());
  EXPECT_EQ(request.cpu_rate->ControlFlags,
            DWORD{JOB_OBJECT_CPU_RATE_CONTROL_ENABLE | JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP});
  EXPECT_EQ(request.cpu_rate->CpuRate, 2500u);
}

TEST(JobRequest, KnowsTheClassOfEveryPriority) {
  EXPECT_EQ(priority_class(Priority::idle), DWORD{IDLE_PRIORITY_CLASS});
  EXPECT_EQ(priority_class(Priority::below_normal), DWORD{BELOW_NORMAL_PRIORITY_CLASS});
  EXPECT_EQ(priority_class(Priority::normal), DWORD{NORMAL_PRIORITY_CLASS});
  EXPECT_EQ(priority_class(Priority::above_normal), DWORD{ABOVE_NORMAL_PRIORITY_CLASS});
  EXPECT_EQ(priority_class(Priority::high), DWORD{HIGH_PRIORITY_CLASS});
}

using WorkerLimitsTest = test::ProcessBench;

LaunchSpec limited_child(std::vector<std::string> arguments, const WorkerLimits& limits) {
  LaunchSpec spec;
  spec.command = {test::child_program()};
  spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
  spec.limits = limits;
  return spec;
}

TEST_F(WorkerLimitsTest, AWorkerRunsInThePrioritysClass) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a process's priority class is ignored";
  use(limited_child({"priority"}, {.priority = Priority::below_normal}));

  EXPECT_EQ(sentence_of(start()), std::to_string(BELOW_NORMAL_PRIORITY_CLASS));
}

TEST_F(WorkerLimitsTest, AWorkerRunsWhereItsProcessorTimeCannotBeLimitedAndThatIsLoggedOnce) {
  const std::size_t refusals = test::runs_under_wine() ? 1 : 0;
  use(limited_child({"exit", "6"}, {.max_cpu_percent = 10}));

  EXPECT_EQ(run(), 6u);
  EXPECT_EQ(run(), 6u);

  EXPECT_EQ(log_.of_event("worker_limit_not_set").size(), refusals);
}

TEST_F(WorkerLimitsTest, AllocationsBeyondTheMemoryLimitFail) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a job's memory limit is ignored";
  use(limited_child({"allocate", "268435456"}, {.max_memory_bytes = 64u << 20}));

  EXPECT_EQ(run(), 5u);
}

TEST_F(WorkerLimitsTest, AWorkerCannotStartMoreProcessesThanItMay) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a job's process limit is ignored";
  use(limited_child({"parent", "wait"}, {.max_processes = 1}));

  EXPECT_EQ(run(), 99u);
}

TEST_F(WorkerLimitsTest, WhatAWorkerHoldsIsObserved) {
  options_.observation_interval = std::chrono::milliseconds{10};
  use_child({"wait"});
  const WorkerId worker = start();

  serve_processes_until([&] { return processes_.observed.contains(worker); });

  EXPECT_GT(processes_.observed[worker], 0u);
}

}  // namespace
}  // namespace plugbroker::win
