// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::engine {

/// An arrow with everything that leads along it.
struct Arrow {
  std::string_view from;
  std::string_view to;
  std::string label;
};

template <typename Row>
std::vector<Arrow> arrows_of(std::span<const Row> rows) {
  std::vector<Arrow> arrows;
  for (const Row& row : rows) {
    const std::string_view from = to_string(row.from);
    const std::string_view to = to_string(row.to);
    auto arrow = arrows.begin();
    while (arrow != arrows.end() && !(arrow->from == from && arrow->to == to)) ++arrow;
    if (arrow == arrows.end()) arrow = arrows.insert(arrow, Arrow{from, to, {}});
    if (!arrow->label.empty()) arrow->label += ", ";
    arrow->label += to_string(row.on);
  }
  return arrows;
}

/// A StateMachine as a mermaid diagram under its title. The machine begins in the state of its first row.
template <typename Machine>
std::string diagram_of(std::string_view title, const Machine& machine) {
  const std::vector<Arrow> arrows = arrows_of(machine.rows());
  std::string text = "**" + std::string{title} + "**\n\n```mermaid\nstateDiagram-v2\n";
  text.append("  [*] --> ").append(arrows.front().from).append("\n");
  for (const Arrow& arrow : arrows) {
    text.append("  ").append(arrow.from).append(" --> ").append(arrow.to).append(": ").append(arrow.label).append("\n");
  }
  return text + "```\n";
}

}  // namespace plugbroker::engine
