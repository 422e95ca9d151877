// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace plugbroker::test {

/// A whole file of the repository, from whose root the tests run, with line ends as in the repository.
inline std::string repository_file(const std::string& name) {
  std::ifstream file{name, std::ios::binary};
  EXPECT_TRUE(file) << name << ": run from the repository root";
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What stands between the marks "<!-- PART: begin -->" and "<!-- PART: end -->" of a document.
inline std::string document_part(const std::string& name, const std::string& part) {
  const std::string document = repository_file(name);
  const std::string begin = "<!-- " + part + ": begin -->\n";
  const std::size_t from = document.find(begin);
  const std::size_t to = document.find("<!-- " + part + ": end -->");
  EXPECT_LT(from, to) << name << " has no marks for " << part;
  return from < to && to != std::string::npos ? document.substr(from + begin.size(), to - from - begin.size()) : "";
}

}  // namespace plugbroker::test
