// What the words of a command line say about a graph's inputs: NAME=FILE, NAME:1x64x496x432.
#pragma once

#include <string>
#include <string_view>

#include "graph/graph.hpp"

namespace colonnade {

struct InputArgument {
  std::size_t input = 0;  ///< Index into Graph::inputs.
  std::string rest;       ///< What follows the separator.
};

/// `argument` of the option, which is NAME, separator, and something. Names may hold the separator
/// too: the graph's names decide where the rest begins. Error(invalid_argument) says what was
/// expected, "NAME=FILE.npy" say, and lists the graph's inputs.
InputArgument input_argument(const Graph& graph, std::string_view option, char separator,
                             const std::string& argument, std::string_view expected);

/// "1x64x496x432". Error(invalid_argument) at `where`.
Shape parse_shape(const std::string& where, const std::string& text);

/// "'voxels' float32[10000,32,10]"
std::string describe(const Value& value);
/// So of each of a graph's inputs, with commas between.
std::string describe_inputs(const Graph& graph);

}  // namespace colonnade
