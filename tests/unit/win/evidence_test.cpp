// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/win/dump_helper.h"
#include "broker_core/win/evidence_writer.h"
#include "broker_core/win/job_process_host.h"
#include "broker_core/win/utf16.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/process_bench.h"

namespace plugbroker::win {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

std::shared_ptr<const engine::EvidenceCase> hung_call() {
  engine::EvidenceCase known;
  known.reason = "a call did not end within cancel_grace";
  known.calls.push_back({.route = "text.stats", .age = 12s, .request_bytes = 42, .trace_id = {}});
  known.calls_held = 1;
  return std::make_shared<const engine::EvidenceCase>(known);
}

std::string content(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

class EvidenceTest : public test::ProcessBench {
 protected:
  /// Workers that complain and then hang; dumps are taken by the test's child, which does what `helper` says.
  void use_complaining(DumpKind dump, const std::string& helper, Duration dump_timeout = 40s) {
    options_.evidence = EvidenceSettings{.folder = scratch_.path(),
                                         .max_cases = max_cases_,
                                         .max_dump_bytes = max_dump_bytes_,
                                         .dump_timeout = dump_timeout,
                                         .dump_helper = {to_utf16(test::child_program()), L"dump", to_utf16(helper)}};
    LaunchSpec spec;
    spec.command = {test::child_program(), "complain", "--secretly"};
    spec.environment = {{"API_KEY", "do not write this down"}};
    spec.dump = dump;
    use(std::move(spec));
  }

  WorkerId start_complaining() {
    const WorkerId worker = start();
    EXPECT_EQ(sentence_of(worker), "complained");
    return worker;
  }

  /// Kills it with evidence; the folder of the case, once it is written.
  fs::path killed(WorkerId worker) {
    host_->terminate(worker, hung_call());
    serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
    return written(1);
  }

  /// The folder of the newest case, once the log has told of that many.
  fs::path written(std::size_t cases) {
    serve_processes_until([&] { return log_.of_event("evidence_kept").size() >= cases; });
    const std::string message = log_.of_event("evidence_kept").back().message;
    return to_utf16(message.substr(0, message.find(',')));
  }

  std::vector<std::string> kept_cases() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(scratch_.path())) names.push_back(entry.path().filename().string());
    return names;
  }

  const test::ScratchFolder scratch_;
  std::uint32_t max_cases_ = 10;
  std::uint64_t max_dump_bytes_ = 1000;
};

TEST_F(EvidenceTest, OfAKilledWorkerItsCallsItsStderrAndItsDumpAreKept) {
  use_complaining(DumpKind::mini, "write");
  const WorkerId worker = start_complaining();

  const fs::path folder = killed(worker);

  const std::string document = content(folder / "case.json");
  EXPECT_EQ(processes_.exit_codes[worker], terminated_exit_code);
  EXPECT_THAT(folder.filename().string(), EndsWith("Z-documents-1"));
  EXPECT_THAT(document, HasSubstr(R"("reason": "a call did not end within cancel_grace")"));
  EXPECT_THAT(document, HasSubstr(R"({"route": "text.stats", "age_ms": 12000, "request_bytes": 42, "trace_id": ""})"));
  EXPECT_THAT(document, HasSubstr("\"process_id\": " + std::to_string(processes_.process_ids[worker]) + ","));
  EXPECT_THAT(document, HasSubstr(" complain --secretly\""));
  EXPECT_THAT(document, HasSubstr("\"exit\": \"exit code 1067\""));
  EXPECT_THAT(document, HasSubstr("\"dump\": \"worker.dmp\""));
  EXPECT_THAT(document, HasSubstr("\"stderr\": \"stderr.txt\""));
  EXPECT_EQ(content(folder / "worker.dmp"), "a dump");
  EXPECT_THAT(content(folder / "stderr.txt"), EndsWith("the last thing that went wrong\r\n"));
}

TEST_F(EvidenceTest, NoValueOfTheEnvironmentIsWrittenDown) {
  use_complaining(DumpKind::off, "write");

  const fs::path folder = killed(start_complaining());

  EXPECT_THAT(content(folder / "case.json"), ::testing::Not(HasSubstr("do not write this down")));
}

TEST_F(EvidenceTest, AHelperThatCrashesCostsTheDumpAndNothingElse) {
  use_complaining(DumpKind::full, "crash");

  const fs::path folder = killed(start_complaining());

  const std::string document = content(folder / "case.json");
  EXPECT_THAT(document, HasSubstr("\"dump\": null"));
  EXPECT_THAT(document, HasSubstr("ended with exit code 0xC0000005 (access violation)"));
  EXPECT_THAT(content(folder / "stderr.txt"), HasSubstr("the first thing that went wrong"));
  EXPECT_FALSE(fs::exists(folder / "worker.dmp"));
}

TEST_F(EvidenceTest, AHelperThatHangsIsEndedAndTheWorkerWithIt) {
  use_complaining(DumpKind::mini, "hang", 50ms);

  const fs::path folder = killed(start_complaining());

  EXPECT_THAT(content(folder / "case.json"), HasSubstr("not there within dump_timeout"));
}

TEST_F(EvidenceTest, WhatAFailedHelperLeavesIsDeleted) {
  use_complaining(DumpKind::mini, "fail");

  const fs::path folder = killed(start_complaining());

  EXPECT_THAT(content(folder / "case.json"), HasSubstr("MiniDumpWriteDump failed"));
  EXPECT_FALSE(fs::exists(folder / "worker.dmp"));
}

TEST_F(EvidenceTest, ADumpThatIsTooLargeIsDeletedAndTheRestStays) {
  max_dump_bytes_ = 5;  // "a dump" is one more.
  use_complaining(DumpKind::mini, "write");

  const fs::path folder = killed(start_complaining());

  EXPECT_THAT(content(folder / "case.json"),
              HasSubstr("\"dump_note\": \"the dump was larger than max_dump_bytes, 5\""));
  EXPECT_FALSE(fs::exists(folder / "worker.dmp"));
}

TEST_F(EvidenceTest, APoolWhoseDumpIsOffHasCasesWithoutOne) {
  use_complaining(DumpKind::off, "crash");

  const fs::path folder = killed(start_complaining());

  EXPECT_THAT(content(folder / "case.json"), HasSubstr("\"dump_note\": \"dump is off for this pool\""));
}

TEST_F(EvidenceTest, OfAWorkerThatEndedByItselfItsExitCodeAndItsStderrAreKept) {
  use_complaining(DumpKind::mini, "crash");
  const WorkerId worker = start_complaining();
  send(processes_.channels[worker], "go");
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });

  host_->keep_evidence(worker, hung_call());
  const fs::path folder = written(1);

  EXPECT_THAT(content(folder / "case.json"), HasSubstr("\"exit\": \"exit code 3\""));
  EXPECT_THAT(content(folder / "case.json"), HasSubstr("\"dump_note\": \"the process had ended\""));
  EXPECT_THAT(content(folder / "stderr.txt"), HasSubstr("the last thing that went wrong"));
}

TEST_F(EvidenceTest, OnlySoManyCasesAreKeptAndTheOldestGoFirst) {
  max_cases_ = 2;
  use_complaining(DumpKind::off, "crash");
  for (std::size_t i = 1; i <= 3; ++i) {
    host_->terminate(start_complaining(), hung_call());
    (void)written(i);
  }

  EXPECT_THAT(kept_cases(), ::testing::UnorderedElementsAre(EndsWith("-documents-2"), EndsWith("-documents-3")));
}

TEST_F(EvidenceTest, WorkersThatFindTooManyWaitingForADumpEndAtOnceWithoutOne) {
  constexpr std::size_t workers = limits::max_waiting_dumps + 2;
  use_complaining(DumpKind::mini, "hang");
  std::vector<WorkerId> started;
  for (std::size_t i = 0; i < workers; ++i) started.push_back(start_complaining());

  for (const WorkerId worker : started) host_->terminate(worker, hung_call());
  serve_processes_until([&] { return !processes_.exit_codes.empty(); });

  EXPECT_THAT(content(written(1) / "case.json"), HasSubstr("too many dumps were waiting"));
}

TEST_F(EvidenceTest, WorkersThatWaitForTheDumpsOfOthersEndInTheTimeThatOneDumpMayTake) {
  constexpr std::size_t workers = 3;
  use_complaining(DumpKind::mini, "hang", 300ms);
  std::vector<WorkerId> started;
  for (std::size_t i = 0; i < workers; ++i) started.push_back(start_complaining());

  for (const WorkerId worker : started) host_->terminate(worker, hung_call());
  serve_processes_until([&] { return processes_.exit_codes.size() == workers; });

  EXPECT_THAT(content(written(workers) / "case.json"), HasSubstr("\"dump\": null"));
}

TEST_F(EvidenceTest, WorkersThatWaitForADumpEndWithTheHostAndLeaveTheirCases) {
  use_complaining(DumpKind::mini, "hang");
  const WorkerId first = start_complaining();
  const WorkerId second = start_complaining();
  host_->terminate(first, hung_call());
  host_->terminate(second, hung_call());

  host_.reset();

  EXPECT_EQ(kept_cases().size(), 2u);
}

TEST_F(EvidenceTest, AWorkerThatIsToEndAtOnceDoesNotWaitForItsDumpAnyMore) {
  use_complaining(DumpKind::mini, "hang");
  const WorkerId worker = start_complaining();
  host_->terminate(worker, hung_call());

  host_->terminate(worker, nullptr);
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
  host_.reset();

  EXPECT_EQ(kept_cases().size(), 1u);
}

TEST_F(EvidenceTest, OneCaseIsKeptOfAWorkerThatIsKilledTwice) {
  use_complaining(DumpKind::off, "crash");
  const WorkerId worker = start_complaining();

  host_->terminate(worker, hung_call());
  host_->terminate(worker, hung_call());
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
  host_->keep_evidence(worker, hung_call());
  host_.reset();

  EXPECT_EQ(kept_cases().size(), 1u);
}

TEST_F(EvidenceTest, WithoutSettingsAWorkerIsEndedAndNothingIsKept) {
  use_child({"wait"});
  const WorkerId worker = start_and_wait_for_channel();

  host_->terminate(worker, hung_call());
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
  host_->keep_evidence(worker, hung_call());
  host_.reset();

  EXPECT_EQ(processes_.exit_codes[worker], terminated_exit_code);
  EXPECT_TRUE(log_.of_event("evidence_kept").empty());
}

TEST(DumpHelper, IsToldProcessKindBoundAndFile) {
  const auto arguments = dump_arguments(
      {L"d.exe"}, {.process_id = 4711, .kind = DumpKind::full, .file = L"C:\\e\\case 1\\worker.dmp", .max_bytes = 99});

  EXPECT_THAT(arguments, ElementsAre(L"d.exe", L"4711", L"full", L"99", L"C:\\e\\case 1\\worker.dmp"));
}

TEST(EvidenceWriterTest, KeepsToItsCasesEvenWhenNoneCanBeWritten) {
  const test::ScratchFolder scratch;
  const EvidenceWriter writer(scratch.path(), 2, 1000);
  const FailedWorker failed{
      .worker = WorkerId{1}, .pool = "p", .record = std::make_shared<WorkerRecord>(), .known = hung_call()};
  const Status no_dump{StatusCode::unimplemented, "dump is off for this pool"};
  for (int second = 0; second < 5; ++second) {
    const runtime::WallTime time{std::chrono::seconds{second}};
    // As on a full disk: the folder is there, but no file can be written.
    fs::create_directories(writer.dump_file(time, failed).parent_path() / "stderr.txt");

    EXPECT_FALSE(writer.write(time, failed, no_dump, 0ms).ok());
  }

  EXPECT_EQ(std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()), 2);
}

}  // namespace
}  // namespace plugbroker::win
