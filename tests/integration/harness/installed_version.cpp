// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/installed_version.h"

#include <atomic>
#include <utility>

#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {

const std::vector<std::string>& version_files() {
  static const std::vector<std::string> files{"plugbroker-service.exe", "plugbroker-install.exe", "plugbroker-dump.exe",
                                              "plugbrokerctl.exe", "plugbroker.dll"};
  return files;
}

Version::Version(std::filesystem::path folder, const std::string& mark) : folder_(std::move(folder)), mark_(mark) {
  std::filesystem::create_directories(folder_ / "bin");
  for (const std::string& file : version_files()) {
    write_whole_file(program(file), read_whole_file(product_program(file)) + mark);
  }
}

std::filesystem::path Version::program(const std::string& name) const {
  return folder_ / "bin" / widen(name);
}

std::string Version::mark_of(const std::filesystem::path& path) const {
  const std::string content = read_whole_file(path);
  return content.size() < mark_.size() ? content : content.substr(content.size() - mark_.size());
}

Finished run_installer(const std::filesystem::path& installer, const InstalledService& service,
                       std::vector<std::string> arguments) {
  static std::atomic<unsigned> count{0};
  arguments.insert(arguments.end(), {"--service-name", service.name()});
  return run({.program = installer,
              .arguments = std::move(arguments),
              .output = service.folder() / ("install-" + std::to_string(++count) + ".txt"),
              .environment = host_environment()});
}

}  // namespace plugbroker::harness
