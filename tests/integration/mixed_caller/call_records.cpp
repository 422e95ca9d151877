// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/mixed_caller/call_records.h"

#include <cstdlib>

namespace plugbroker::mixed_caller {

CallRecords::CallRecords(const std::string& file) : file_(std::fopen(file.c_str(), "wb")) {
  if (file_ != nullptr) return;
  std::fprintf(stderr, "cannot make %s\n", file.c_str());
  std::exit(3);
}

CallRecords::~CallRecords() {
  std::fclose(file_);
}

void CallRecords::call_ended(const CallRecord& call, const plugbroker_reply* reply) {
  const auto lasted = std::chrono::steady_clock::now() - call.began;
  const plugbroker_status status = plugbroker_reply_status(reply);
  const bool wrong = call.wrong_reply || (call.missing && status == PLUGBROKER_OK);
  const std::lock_guard lock(mutex_);
  std::fprintf(file_, "call %s %s %s %s %u %u %s %lld\n", call.id.c_str(), call.kind, plugbroker_status_name(status),
               plugbroker_reply_worker_received(reply) != 0 ? "received" : "unseen", call.sent, call.got,
               wrong ? "wrong_reply" : "fine",
               static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(lasted).count()));
}

void CallRecords::session_ended(const std::string& name, std::uint64_t calls) {
  const std::lock_guard lock(mutex_);
  std::fprintf(file_, "session %s %llu\n", name.c_str(), static_cast<unsigned long long>(calls));
}

}  // namespace plugbroker::mixed_caller
