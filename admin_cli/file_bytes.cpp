// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/file_bytes.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace plugbroker::admin_cli {
namespace {

constexpr std::size_t largest_request = 1024ull * 1024 * 1024;

std::filesystem::path native_path(const std::string& path) {
  return std::filesystem::path{std::u8string{path.begin(), path.end()}};
}

Result<std::string> read_stream(std::istream& stream, const std::string& name) {
  std::string bytes;
  std::array<char, 64 * 1024> buffer{};
  while (stream.read(buffer.data(), buffer.size()), stream.gcount() > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    if (bytes.size() > largest_request) return {StatusCode::out_of_range, name + " has more than 1 GiB"};
  }
  if (stream.bad()) return {StatusCode::data_loss, "cannot read " + name};
  return bytes;
}

}  // namespace

Result<std::string> read_bytes(const std::string& path) {
  if (path == "-") return read_stream(std::cin, "standard input");
  std::ifstream file{native_path(path), std::ios::binary};
  if (!file) return {StatusCode::not_found, "cannot open " + path};
  return read_stream(file, path);
}

Status write_bytes(const std::string& path, const std::string& bytes) {
  if (path.empty() || path == "-") {
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0;
    return written ? Status{} : Status{StatusCode::data_loss, "cannot write to standard output"};
  }
  std::ofstream file{native_path(path), std::ios::binary | std::ios::trunc};
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file ? Status{} : Status{StatusCode::data_loss, "cannot write " + path};
}

}  // namespace plugbroker::admin_cli
