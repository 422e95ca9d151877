// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/installed_service.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <sstream>
#include <string_view>

#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {

namespace json = boost::json;

namespace {

std::string native(const std::filesystem::path& path) {
  return narrow(path.wstring());
}

std::filesystem::path system_program(const wchar_t* name) {
  std::array<wchar_t, MAX_PATH> folder{};
  GetSystemDirectoryW(folder.data(), static_cast<UINT>(folder.size()));
  return std::filesystem::path(folder.data()) / name;
}

}  // namespace

InstalledService::InstalledService(const Options& options, Registration registration) : control_(folder_.name()) {
  std::filesystem::create_directories(config_file().parent_path());
  write_config(options);
  if (registration == Registration::by_sc_create) register_by_sc_create();
}

void InstalledService::register_by_sc_create() {
  const std::string command = "\"" + native(product_program("plugbroker-service.exe")) + "\" run --service-name " +
                              name() + " --config \"" + native(config_file()) + "\"";
  const Finished created =
      run({.program = system_program(L"sc.exe"),
           .arguments = {"create", name(), "binPath=", command, "start=", "demand", "obj=", "NT SERVICE\\" + name()},
           .output = folder() / "sc-create.txt"});
  if (created.exit_code != 0) throw HarnessError("sc create: " + created.output);
}

InstalledService::~InstalledService() {
  try {
    if (control_.installed()) {
      if (!killed_) control_.stop();
      control_.remove();
    }
  } catch (const HarnessError& error) {
    ADD_FAILURE() << error.what();
  }
  if (testing::Test::HasFailure()) std::cerr << "the service's log:\n" << log() << '\n';
}

void InstalledService::kill() {
  kill_process(process_id());
  killed_ = true;
}

void InstalledService::start_without_ready_workers() {
  control_.start();
  control_.wait_for_running();
}

void InstalledService::start() {
  start_without_ready_workers();
  const auto ready = [&] {
    const json::object now = status();
    return std::ranges::all_of(now.at("pools").as_array(), [&](const json::value& pool) {
      return workers(std::string(pool.at("name").as_string())).size() >=
             pool.at("min_workers").to_number<std::size_t>();
    });
  };
  if (!eventually(ready)) throw HarnessError("the workers do not get ready:\n" + log());
}

void InstalledService::write_config(const Options& options) const {
  write_whole_file(config_file(), to_json({.pipe = pipe(),
                                           .admin_pipe = admin_pipe(),
                                           .log_folder = folder() / "log",
                                           .pools = options.pools,
                                           .top = options.top}));
}

std::string InstalledService::log() const {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder() / "log", error)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::string all;
  for (const std::filesystem::path& file : files) all += read_whole_file(file);
  return all;
}

std::vector<std::string> InstalledService::log_lines(const std::vector<std::string>& words) const {
  std::vector<std::string> found;
  std::istringstream lines(log());
  for (std::string line; std::getline(lines, line);) {
    const auto in_line = [&](const std::string& word) { return line.find(word) != std::string::npos; };
    if (std::ranges::all_of(words, in_line)) found.push_back(line);
  }
  return found;
}

std::size_t InstalledService::logged(const std::vector<std::string>& words, std::size_t expected) const {
  std::size_t count = 0;
  static_cast<void>(eventually(
      [&] {
        count = log_lines(words).size();
        return count >= expected;
      },
      std::chrono::seconds{10}));
  return count;
}

void InstalledService::wait_for_log_line(const std::vector<std::string>& words) const {
  std::vector<std::string> found;
  const auto there = [&] {
    found = log_lines(words);
    return !found.empty();
  };
  if (eventually(there)) return;
  std::string wanted;
  for (const std::string& word : words) wanted += " [" + word + "]";
  throw HarnessError("no log line has" + wanted + "; the log:\n" + log());
}

Finished InstalledService::administer(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--pipe", admin_pipe()});
  return run({.program = product_program("plugbrokerctl.exe"),
              .arguments = std::move(arguments),
              .output = folder() / "plugbrokerctl.txt",
              .environment = host_environment()});
}

json::object InstalledService::status() const {
  const Finished shown = administer({"status", "--json"});
  if (shown.exit_code != 0) throw HarnessError("plugbrokerctl status: " + shown.output);
  return json::parse(shown.output).as_object();
}

json::object InstalledService::pool(const std::string& name) const {
  const json::object now = status();
  for (const json::value& pool : now.at("pools").as_array()) {
    if (pool.at("name").as_string() == name) return pool.as_object();
  }
  throw HarnessError("the status has no pool " + name);
}

std::vector<std::uint32_t> InstalledService::workers(const std::string& pool_name) const {
  std::vector<std::uint32_t> ids;
  const json::object now = pool(pool_name);
  for (const json::value& worker : now.at("workers").as_array()) {
    const json::string& state = worker.at("state").as_string();
    if (state == "ready" || state == "busy") ids.push_back(worker.at("process_id").to_number<std::uint32_t>());
  }
  return ids;
}

}  // namespace plugbroker::harness
