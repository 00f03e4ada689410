// Gather, scatter and their kin.
#include <fmt/core.h>

#include "onnx/builders.hpp"

namespace colonnade {
namespace {

op::Reduction reduction(const NodeContext& node) {
  const std::string name = node.text("reduction", "none");
  if (name == "none") return op::Reduction::none;
  if (name == "add") return op::Reduction::add;
  if (name == "mul") return op::Reduction::mul;
  if (name == "min") return op::Reduction::min;
  if (name == "max") return op::Reduction::max;
  throw Unsupported{fmt::format("the reduction '{}' isn't known", name)};
}

void gather(NodeContext& node) {
  node.emit(op::Gather{node.integer("axis", 0)});
}

void gather_elements(NodeContext& node) {
  node.emit(op::GatherElements{node.integer("axis", 0)});
}

void gather_nd(NodeContext& node) {
  node.emit(op::GatherND{node.integer("batch_dims", 0)});
}

// Scatter is ScatterElements' name in opsets 9 and 10 (SmallMunich's exports).
void scatter_elements(NodeContext& node) {
  node.emit(op::ScatterElements{node.integer("axis", 0), reduction(node)});
}

void scatter_nd(NodeContext& node) {
  node.emit(op::ScatterND{reduction(node)});
}

void non_zero(NodeContext& node) {
  node.emit(op::NonZero{});
}

constexpr OpBuilder kBuilders[] = {
    {"Gather", gather},
    {"GatherElements", gather_elements},
    {"GatherND", gather_nd},
    {"Scatter", scatter_elements},
    {"ScatterElements", scatter_elements},
    {"ScatterND", scatter_nd},
    {"NonZero", non_zero},
};

}  // namespace

OpBuilders index_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
