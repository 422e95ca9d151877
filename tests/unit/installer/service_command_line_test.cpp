// SPDX-License-Identifier: Apache-2.0
#include "installer/service_command_line.h"

#include <gtest/gtest.h>

namespace plugbroker::installer {
namespace {

TEST(ServiceCommandLine, QuotesPathsWithSpaces) {
  EXPECT_EQ(service_command_line(L"C:\\Program Files\\P\\s.exe", L"C:\\a b\\c.json", L"PlugBroker"),
            L"\"C:\\Program Files\\P\\s.exe\" run --config \"C:\\a b\\c.json\"");
}

TEST(ServiceCommandLine, QuotesTheProgramAlways) {
  EXPECT_EQ(service_command_line(L"C:\\s.exe", L"C:\\c.json", L"PlugBroker"), L"\"C:\\s.exe\" run --config C:\\c.json");
}

TEST(ServiceCommandLine, NamesAServiceThatIsNotTheDefault) {
  EXPECT_EQ(service_command_line(L"C:\\s.exe", L"C:\\c.json", L"Second one"),
            L"\"C:\\s.exe\" run --config C:\\c.json --service-name \"Second one\"");
}

TEST(ServiceCommandLine, WithTwoPercentSignsIsNotOneThatAServiceCanBeStartedBy) {
  EXPECT_TRUE(check_no_variable(L"\"C:\\100 % s\\s.exe\" run").ok());
  EXPECT_EQ(check_no_variable(L"\"C:\\%TEMP%\\s.exe\" run").code, StatusCode::invalid_argument);
}

}  // namespace
}  // namespace plugbroker::installer
