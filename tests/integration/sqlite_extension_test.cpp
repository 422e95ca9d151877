// SPDX-License-Identifier: Apache-2.0
// The sample plugin in a host application that nobody here wrote: SQLite's own shell.
#include <gmock/gmock.h>

#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/installed_service.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SqliteExtension : public testing::Test {
 protected:
  SqliteExtension() { service_.start(); }

  /// What the SQLite shell prints for a statement.
  Finished sql(const std::string& statement) {
    return run({.program = widen(PLUGBROKER_SQLITE),
                .arguments = {"-batch", "-cmd", ".load '" PLUGBROKER_SQLITE_EXTENSION "'", ":memory:", statement},
                .output = service_.folder() / "sqlite.txt",
                .environment = host_environment(
                    {{"BROKER_EXTENSION_PIPE", service_.pipe()}, {"BROKER_EXTENSION_SERVICE", service_.name()}})});
  }

  InstalledService service_{{.pools = {documents_pool(), sleepers_pool()}}};
};

TEST_F(SqliteExtension, ReturnsTextForTextAndJson) {
  const Finished shown =
      sql("SELECT typeof(html), html FROM (SELECT broker_call('markdown.to_html', '# Hello') AS html)");

  EXPECT_EQ(shown.exit_code, 0u);
  EXPECT_THAT(shown.output, HasSubstr("text|<h1 id=\"hello\">Hello</h1>"));
}

TEST_F(SqliteExtension, ReturnsABlobForBytes) {
  const Finished shown = sql("SELECT typeof(b), hex(b) FROM (SELECT broker_call('echo', x'00FF41') AS b)");

  EXPECT_THAT(shown.output, HasSubstr("blob|00FF41"));
}

TEST_F(SqliteExtension, SendsAnEmptyRequestForNull) {
  EXPECT_THAT(sql("SELECT length(broker_call('echo', NULL))").output, HasSubstr("0"));
}

TEST_F(SqliteExtension, CallsARouteForEveryRowOfAQuery) {
  const Finished shown =
      sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
          "SELECT sum(CAST(CAST(broker_call('echo', CAST(i AS TEXT)) AS TEXT) AS INTEGER)) FROM n");

  EXPECT_THAT(shown.output, HasSubstr("20100"));
}

TEST_F(SqliteExtension, AnUnknownRouteIsAnSqlErrorWithTheStatusAndTheMessage) {
  const Finished shown = sql("SELECT broker_call('no.such.route', 'x')");

  EXPECT_NE(shown.exit_code, 0u);
  EXPECT_THAT(shown.output, AllOf(HasSubstr("not_found: "), HasSubstr("no such route")));
}

TEST_F(SqliteExtension, ADeadlineThatPassesIsAnSqlError) {
  const Finished shown = sql("SELECT broker_call('sleep', '60000', 200)");

  EXPECT_NE(shown.exit_code, 0u);
  EXPECT_THAT(shown.output, HasSubstr("deadline_exceeded: "));
}

TEST_F(SqliteExtension, AStoppedServiceIsAnSqlErrorThatSaysSo) {
  service_.stop();

  const Finished shown = sql("SELECT broker_call('echo', 'x')");

  EXPECT_NE(shown.exit_code, 0u);
  EXPECT_THAT(shown.output, AllOf(HasSubstr("unavailable: "), HasSubstr("stopped")));
}

}  // namespace
}  // namespace plugbroker::harness
