#include "graph/bind_inputs.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

std::string type_text(DType dtype, const std::optional<Shape>& shape) {
  return std::string(name_of(dtype)) + (shape ? shape->to_string() : "");
}

}  // namespace

void check_input(const Value& input, DType dtype, const Shape& shape) {
  const auto refuse = [&](const std::string& reason) {
    throw Error(ErrorCode::mismatch, fmt::format("input '{}'", input.name),
                fmt::format("{} (declared {}, given {})", reason,
                            type_text(input.dtype, input.shape), type_text(dtype, shape)));
  };
  if (dtype != input.dtype) {
    refuse(fmt::format("the type is {}, expected {}", name_of(dtype), name_of(input.dtype)));
  }
  if (!input.shape) return;
  const Shape& declared = *input.shape;
  if (shape.rank() != declared.rank()) {
    refuse(fmt::format("it has {} dimensions, expected {}", shape.rank(), declared.rank()));
  }
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (declared[i] >= 0 && shape[i] != declared[i]) {
      refuse(fmt::format("dimension {} is {}, expected {}", i, shape[i], declared[i]));
    }
  }
}

void check_input_count(const Graph& graph, std::size_t count) {
  if (count == graph.inputs.size()) return;
  std::string names;
  for (const ValueId id : graph.inputs) {
    names += (names.empty() ? "" : ", ") + graph.values[id].name;
  }
  throw Error(ErrorCode::mismatch, fmt::format("the graph has {} inputs ({}), given {}",
                                               graph.inputs.size(), names, count));
}

void bind_input_shapes(Graph& graph, std::span<const Shape> shapes) {
  check_input_count(graph, shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    Value& input = graph.values[graph.inputs[i]];
    check_input(input, input.dtype, shapes[i]);
    input.shape = shapes[i];
  }
}

}  // namespace colonnade
