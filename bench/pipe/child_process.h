// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <vector>

namespace plugbroker::bench {

/// A program of the bench, with pipes on its standard input and output. It is ended with this object, and with this
/// process however that ends. Errors are std::runtime_error.
class ChildProcess {
 public:
  /// `program` is a path, `arguments` hold no quotes.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void write_line(const std::string& line);
  /// The next line without its end; fails when the program ends before there is one.
  [[nodiscard]] std::string read_line();

 private:
  std::string program_;
  HANDLE process_ = nullptr;
  HANDLE input_ = nullptr;
  HANDLE output_ = nullptr;
  std::string read_;  ///< From the output and not handed on yet.
};

}  // namespace plugbroker::bench
