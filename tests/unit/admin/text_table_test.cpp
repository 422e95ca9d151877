// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/text_table.h"

#include <gtest/gtest.h>

namespace plugbroker::admin {
namespace {

TEST(TextTable, PadsColumnsToTheirWidestCell) {
  TextTable table;
  table.add_line({"A", "LONG", "C"});
  table.add_line({"äöü", "x", "last, not padded"});

  EXPECT_EQ(table.text(), "A    LONG  C\näöü  x     last, not padded\n");
}

TEST(TextTable, TakesLinesOfDifferentLength) {
  TextTable table;
  table.add_line({"a"});
  table.add_line({"bb", "c"});
  table.add_line({});

  EXPECT_EQ(table.text(), "a\nbb  c\n\n");
}

TEST(TimeText, UsesTheTwoLargestUnits) {
  EXPECT_EQ(time_text(0), "0 ms");
  EXPECT_EQ(time_text(999), "999 ms");
  EXPECT_EQ(time_text(59'999), "59 s");
  EXPECT_EQ(time_text(61'000), "1 min 1 s");
  EXPECT_EQ(time_text(3'600'000), "1 h");
  EXPECT_EQ(time_text(90'061'000), "1 d 1 h");
}

TEST(BytesText, UsesTheLargestUnit) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1024), "1 KiB");
  EXPECT_EQ(bytes_text((1 << 20) - 1), "1023 KiB");
  EXPECT_EQ(bytes_text((7 << 20) / 2), "3.5 MiB");
  EXPECT_EQ(bytes_text((std::int64_t{5} << 30) - 1), "4.9 GiB");
}

}  // namespace
}  // namespace plugbroker::admin
