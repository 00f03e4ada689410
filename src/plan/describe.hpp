// What a graph is, for people: sizes, work, and which parts of PointPillars it holds.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace colonnade {

struct TensorDescription {
  std::string name;
  DType dtype = DType::f32;
  std::string shape;  ///< "[1,64,?,432]", or "?" where not even the rank is known.
};

/// PFN, scatter, backbone or heads: found where, or why not.
struct PartDescription {
  std::string name;
  bool found = false;
  std::string detail;
};

struct GraphDescription {
  std::vector<TensorDescription> inputs, outputs;
  std::map<std::string, std::int64_t> ops;  ///< Operator -> how many nodes.
  std::int64_t parameters = 0;              ///< Elements of floating-point constants.
  std::int64_t parameter_bytes = 0;         ///< Bytes of all constants.
  std::int64_t flops = 0;          ///< 2 x multiply-adds of convolutions and matrix products.
  std::int64_t unknown_flops = 0;  ///< Such nodes whose shapes hang on a dynamic dimension.
  std::vector<PartDescription> parts;
};

/// `input_shapes` binds dynamic dimensions; empty: they stay unknown.
GraphDescription describe(const Graph& graph, std::span<const Shape> input_shapes = {});

}  // namespace colonnade
