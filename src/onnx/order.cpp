#include "onnx/order.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

using Producers = std::unordered_map<std::string, int>;

bool writes_nothing_named(const wire::NodeProto& node) {
  return std::all_of(node.output().begin(), node.output().end(),
                     [](const std::string& name) { return name.empty(); });
}

Producers find_producers(const WireNodes& nodes, const std::string& where) {
  Producers producers;
  for (int i = 0; i < nodes.size(); ++i) {
    for (const std::string& name : nodes[i].output()) {
      // An empty name is an output left out, but for a node that has no other: it may write a
      // graph's output that's called ''.
      if (name.empty() && !writes_nothing_named(nodes[i])) continue;
      const auto [row, added] = producers.emplace(name, i);
      if (added || name.empty()) continue;
      throw Error(ErrorCode::format, where,
                  fmt::format("value '{}' is written twice, by the nodes {} and {}", name,
                              describe(nodes[row->second], row->second), describe(nodes[i], i)));
    }
  }
  return producers;
}

// What a node reads: its inputs, and whatever the branches of an If take from around them.
void visit_reads(const wire::NodeProto& node,
                 const std::function<void(const std::string&)>& visit) {
  for (const std::string& name : node.input()) {
    if (!name.empty()) visit(name);
  }
  for (const auto& attribute : node.attribute()) {
    if (!attribute.has_g()) continue;
    for (const auto& inner : attribute.g().node()) visit_reads(inner, visit);
    for (const auto& output : attribute.g().output()) visit(output.name());
  }
}

std::vector<std::vector<int>> find_dependencies(const WireNodes& nodes,
                                                const Producers& producers) {
  std::vector<std::vector<int>> dependencies(static_cast<std::size_t>(nodes.size()));
  for (int i = 0; i < nodes.size(); ++i) {
    auto& mine = dependencies[static_cast<std::size_t>(i)];
    visit_reads(nodes[i], [&](const std::string& name) {
      const auto producer = producers.find(name);
      if (producer != producers.end()) mine.push_back(producer->second);
    });
    std::sort(mine.begin(), mine.end());
    mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
  }
  return dependencies;
}

}  // namespace

std::string describe(const wire::NodeProto& node, int index) {
  return node.name().empty() ? fmt::format("#{} ({})", index, node.op_type())
                             : fmt::format("'{}' ({})", node.name(), node.op_type());
}

std::vector<int> execution_order(const WireNodes& nodes, std::span<const std::string> wanted,
                                 const std::string& where) {
  const Producers producers = find_producers(nodes, where);
  const auto dependencies = find_dependencies(nodes, producers);

  std::vector<char> needed(dependencies.size(), 0);
  std::vector<int> open;
  const auto need = [&](int node) {
    if (std::exchange(needed[static_cast<std::size_t>(node)], 1) == 0) open.push_back(node);
  };
  for (const std::string& name : wanted) {
    const auto producer = producers.find(name);
    if (producer != producers.end()) need(producer->second);
  }
  std::vector<std::vector<int>> readers(dependencies.size());
  std::vector<std::size_t> waiting(dependencies.size(), 0);
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;  // The file's order first.
  std::size_t needed_count = 0;
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    ++needed_count;
    const auto& mine = dependencies[static_cast<std::size_t>(node)];
    waiting[static_cast<std::size_t>(node)] = mine.size();
    if (mine.empty()) ready.push(node);
    for (const int other : mine) {
      readers[static_cast<std::size_t>(other)].push_back(node);
      need(other);
    }
  }

  std::vector<int> order;
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const int reader : readers[static_cast<std::size_t>(node)]) {
      if (--waiting[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
    }
  }
  if (order.size() == needed_count) return order;
  const auto stuck = std::find_if(waiting.begin(), waiting.end(), [](auto n) { return n > 0; });
  const int index = static_cast<int>(stuck - waiting.begin());
  throw Error(ErrorCode::format, where,
              fmt::format("the graph has a cycle: node {} depends on its own output",
                          describe(nodes[index], index)));
}

}  // namespace colonnade
