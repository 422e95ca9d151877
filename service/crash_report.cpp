// SPDX-License-Identifier: Apache-2.0
#include "service/crash_report.h"

#include <windows.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <string>

#include "broker_core/base/assert.h"
#include "broker_core/base/assertion_observer.h"
#include "service/exit_code.h"

namespace plugbroker::service {
namespace {

std::atomic<EventLog*> reporting_to{nullptr};

// Only the first one is reported: a report that crashes must not go round in circles.
[[noreturn]] void report_and_end(const char* what) noexcept {
  if (EventLog* const log = reporting_to.exchange(nullptr)) {
    try {
      LogRecord record;
      record.level = LogLevel::error;
      record.event = "service_crashed";
      record.message = what;
      log->write_last(record);
    } catch (...) {  // Out of memory, perhaps. The process ends all the same.
    }
  }
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(ExitCode::broke_down));
  std::abort();
}

void invariant_broken(const char* sentence) noexcept {
  report_and_end(sentence);
}

[[noreturn]] void exception_uncaught() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    const std::string what = std::string{"uncaught exception: "} + error.what();
    report_and_end(what.c_str());
  } catch (...) {
    report_and_end("uncaught exception of an unknown type");
  }
  report_and_end("std::terminate was called");
}

LONG WINAPI fault_unhandled(EXCEPTION_POINTERS* fault) {
  char sentence[96];
  std::snprintf(sentence, sizeof sentence, "exception 0x%08lX at %p", fault->ExceptionRecord->ExceptionCode,
                fault->ExceptionRecord->ExceptionAddress);
  report_and_end(sentence);
}

}  // namespace

CrashReport::CrashReport(EventLog& event_log) {
  PLUGBROKER_ASSERT(reporting_to.exchange(&event_log) == nullptr);
  set_assertion_observer(&invariant_broken);
  std::set_terminate(&exception_uncaught);
  SetUnhandledExceptionFilter(&fault_unhandled);
}

CrashReport::~CrashReport() {
  reporting_to.store(nullptr);
}

}  // namespace plugbroker::service
