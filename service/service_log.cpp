// SPDX-License-Identifier: Apache-2.0
#include "service/service_log.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "broker_core/log/console_log.h"
#include "broker_core/log/file_log.h"
#include "broker_core/log/log_fanout.h"
#include "broker_core/win/utf16.h"
#include "service/data_folders.h"

namespace plugbroker::service {
namespace {

Result<std::unique_ptr<LogSink>> open_files(const config::LogConfig& config) {
  std::string folder = config.folder;
  if (folder.empty()) {
    const Result<std::filesystem::path> found = default_log_folder();
    if (!found) return found.status();
    folder = win::to_utf8(found->native());
  }
  return log::open_file_log({.folder = folder,
                             .max_file_bytes = config.max_file_bytes,
                             .max_files = config.max_files,
                             .queue = {.level = config.level}});
}

}  // namespace

Result<std::unique_ptr<LogSink>> open_service_log(const config::LogConfig& config, RunMode mode) {
  if (mode == RunMode::service) return open_files(config);
  std::unique_ptr<LogSink> console = log::open_console_log(stderr, {.level = config.level});
  if (config.folder.empty()) return console;
  Result<std::unique_ptr<LogSink>> files = open_files(config);
  if (!files) return files;
  std::vector<std::unique_ptr<LogSink>> sinks;
  sinks.push_back(std::move(console));
  sinks.push_back(std::move(*files));
  return std::unique_ptr<LogSink>{std::make_unique<log::LogFanout>(std::move(sinks))};
}

}  // namespace plugbroker::service
