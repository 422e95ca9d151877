// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/console_log.h"

#include <Poco/Message.h>

#include <string>
#include <utility>

#include "broker_core/log/queued_log.h"

namespace plugbroker::log {
namespace {

class StreamChannel : public Poco::Channel {
 public:
  explicit StreamChannel(std::FILE* stream) : stream_(stream) {}

  void log(const Poco::Message& message) override {
    const std::string line = message.getText() + '\n';
    std::fwrite(line.data(), 1, line.size(), stream_);
    std::fflush(stream_);
  }

 private:
  std::FILE* stream_;
};

}  // namespace

std::unique_ptr<LogSink> open_console_log(std::FILE* stream, QueueSettings settings) {
  return std::make_unique<QueuedLog>(Poco::AutoPtr<Poco::Channel>{new StreamChannel(stream)}, std::move(settings));
}

}  // namespace plugbroker::log
