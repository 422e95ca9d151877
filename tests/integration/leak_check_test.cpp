// SPDX-License-Identifier: Apache-2.0
// The checks that the fault tests rely on fail when something is left behind: each kind of leak, made on purpose.
#include <gmock/gmock.h>

#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/raw_pipe_client.h"

namespace plugbroker::harness {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

/// What is leaked on purpose does not go away by waiting.
constexpr std::chrono::milliseconds impatient{500};

class LeakCheck : public testing::Test {
 protected:
  LeakCheck() { service_.start(); }

  /// Starts a process that waits, as a child of the service, as a forgotten worker would be.
  std::uint32_t start_child_of_service() const;

  /// Leaves a handle in the service's process, as a forgotten CloseHandle would.
  void leak_a_handle_into_the_service() const;

  InstalledService service_{
      {.pools = {documents_pool(), sleepers_pool()}, .top = {{"limits", {{"hello_timeout", "1m"}}}}}};
};

std::uint32_t LeakCheck::start_child_of_service() const {
  const WindowsHandle parent(OpenProcess(PROCESS_CREATE_PROCESS, FALSE, service_.process_id()));
  if (!parent) throw_last_error("OpenProcess");
  SIZE_T size = 0;
  InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
  std::vector<char> storage(size);
  const auto list = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(storage.data());
  HANDLE parent_handle = parent.get();
  if (!InitializeProcThreadAttributeList(list, 1, 0, &size) ||
      !UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, &parent_handle, sizeof(parent_handle),
                                 nullptr, nullptr)) {
    throw_last_error("attribute list");
  }
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.lpAttributeList = list;
  PROCESS_INFORMATION made{};
  wchar_t command[] = L"ping.exe -n 1000 127.0.0.1";
  if (!CreateProcessW(nullptr, command, nullptr, nullptr, FALSE, EXTENDED_STARTUPINFO_PRESENT | CREATE_NO_WINDOW,
                      nullptr, nullptr, &startup.StartupInfo, &made)) {
    throw_last_error("CreateProcess");
  }
  DeleteProcThreadAttributeList(list);
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  return made.dwProcessId;
}

void LeakCheck::leak_a_handle_into_the_service() const {
  const WindowsHandle service(OpenProcess(PROCESS_DUP_HANDLE, FALSE, service_.process_id()));
  if (!service) throw_last_error("OpenProcess");
  const WindowsHandle event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  HANDLE leaked = nullptr;
  if (!DuplicateHandle(GetCurrentProcess(), event.get(), service.get(), &leaked, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
    throw_last_error("DuplicateHandle");
  }
}

TEST_F(LeakCheck, SaysNothingOfAServiceAtRest) {
  const BrokerCensus before = census_at_rest(service_);

  EXPECT_THAT(lasting_leaks(before, service_), IsEmpty());
}

TEST_F(LeakCheck, SeesAnOpenSessionAndItsHandles) {
  const BrokerCensus before = census_at_rest(service_);
  RawPipeClient forgotten(service_.pipe());
  forgotten.open_session();

  const std::vector<std::string> found = leaks(before, take_census(service_));

  EXPECT_THAT(found, Contains(StartsWith("sessions: 0 before, 1 after")));
  EXPECT_THAT(found, Contains(StartsWith("handles: ")));
}

TEST_F(LeakCheck, SeesAConnectionThatNeverSaidHello) {
  const BrokerCensus before = census_at_rest(service_);
  RawPipeClient forgotten(service_.pipe());

  ASSERT_TRUE(eventually([&] { return take_census(service_).half_open_connections == 1; }));

  EXPECT_THAT(leaks(before, take_census(service_)), Contains(StartsWith("half-open connections: 0 before, 1 after")));
}

TEST_F(LeakCheck, SeesACallThatDoesNotEnd) {
  const BrokerCensus before = census_at_rest(service_);
  RawPipeClient forgotten(service_.pipe());
  forgotten.open_session();
  forgotten.send(wire::request_frame(1, "sleep", "60000"));
  ASSERT_TRUE(eventually([&] { return take_census(service_).calls_in_progress == 1; }));

  const std::vector<std::string> found = leaks(before, take_census(service_));

  EXPECT_THAT(found, Contains(StartsWith("calls in progress: 0 before, 1 after")));
  EXPECT_THAT(found, Contains(StartsWith("calls without an outcome: 0 before, 1 after")));
}

TEST_F(LeakCheck, SeesAProcessThatTheServiceForgot) {
  const BrokerCensus before = census_at_rest(service_);
  const std::uint32_t forgotten = start_child_of_service();

  const std::vector<std::string> found = leaks(before, take_census(service_));
  kill_process(forgotten);

  EXPECT_THAT(found, Contains(StartsWith("processes: 2 before, 3 after")));
}

TEST_F(LeakCheck, SeesAProcessThatOutlivesTheService) {
  const std::uint32_t service = service_.process_id();
  const std::uint32_t forgotten = start_child_of_service();
  service_.stop();

  const std::vector<std::uint32_t> left = children_of(service);
  kill_process(forgotten);

  EXPECT_THAT(left, testing::ElementsAre(forgotten));
}

TEST_F(LeakCheck, SeesOneHandleThatIsLeftEveryTime) {
  const std::vector<std::string> found = leaks_of(service_, [&] { leak_a_handle_into_the_service(); }, impatient);

  EXPECT_THAT(found, testing::ElementsAre(StartsWith("handles: ")));
}

TEST_F(LeakCheck, ForgivesHandlesThatComeOnce) {
  unsigned rounds = 0;

  const std::vector<std::string> found = leaks_of(
      service_,
      [&] {
        if (++rounds == 1) leak_a_handle_into_the_service();
      },
      impatient);

  EXPECT_THAT(found, IsEmpty());
  EXPECT_EQ(rounds, 2u);
}

TEST(ProcessCounts, SeeMemoryAndAThreadThatThisProcessLeaks) {
  constexpr std::size_t leaked_bytes = 32 * 1024 * 1024;
  const std::uint64_t bytes_before = private_bytes(GetCurrentProcessId());
  const std::size_t threads_before = thread_count(GetCurrentProcessId());
  std::vector<char> leaked(leaked_bytes, 'x');
  const WindowsHandle thread(CreateThread(
      nullptr, 0, [](void*) -> DWORD { return WaitForSingleObject(GetCurrentThread(), INFINITE); }, nullptr, 0,
      nullptr));

  EXPECT_GE(private_bytes(GetCurrentProcessId()), bytes_before + leaked.size() / 2);
  EXPECT_EQ(thread_count(GetCurrentProcessId()), threads_before + 1);
  TerminateThread(thread.get(), 0);
}

TEST(ProcessCounts, SeeAHandleThatThisProcessLeaks) {
  const std::size_t before = handle_count(GetCurrentProcessId());
  const WindowsHandle leaked(CreateEventW(nullptr, TRUE, FALSE, nullptr));

  EXPECT_EQ(handle_count(GetCurrentProcessId()), before + 1);
}

}  // namespace
}  // namespace plugbroker::harness
