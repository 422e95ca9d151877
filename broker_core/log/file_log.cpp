// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/file_log.h"

#include <Poco/Exception.h>
#include <Poco/FileChannel.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "broker_core/log/queued_log.h"

namespace plugbroker::log {
namespace {

constexpr std::string_view file_name = "plugbroker.log";

std::string utf8(const std::filesystem::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

Status refusal(const std::string& what, const std::filesystem::path& path, const std::string& why) {
  return {StatusCode::failed_precondition, what + " \"" + utf8(path) + "\": " + why};
}

}  // namespace

Result<std::unique_ptr<LogSink>> open_file_log(const FileLogSettings& settings) {
  const std::filesystem::path folder{std::u8string{settings.folder.begin(), settings.folder.end()}};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return refusal("cannot make the log folder", folder, error.message());

  const std::filesystem::path file = folder / file_name;
  // Poco opens the file with the first line on some systems, which is too late to refuse.
  if (!std::ofstream{file, std::ios::binary | std::ios::app}) {
    return refusal("cannot write the log file", file, "see the rights of the account this runs under");
  }
  Poco::AutoPtr<Poco::FileChannel> channel{new Poco::FileChannel(utf8(file))};
  try {
    channel->setProperty(Poco::FileChannel::PROP_ROTATION, std::to_string(settings.max_file_bytes));
    channel->setProperty(Poco::FileChannel::PROP_ARCHIVE, "number");
    channel->setProperty(Poco::FileChannel::PROP_PURGECOUNT, std::to_string(settings.max_files - 1));
    // On Windows a line is with the system as soon as it was written; flushing each to the disk would only be slow.
    channel->setProperty(Poco::FileChannel::PROP_FLUSH, "false");
    channel->open();
  } catch (const Poco::Exception& problem) {
    return refusal("cannot write the log file", file, problem.displayText());
  }
  return std::unique_ptr<LogSink>{std::make_unique<QueuedLog>(channel, settings.queue)};
}

}  // namespace plugbroker::log
