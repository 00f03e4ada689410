#include "graph/input_arguments.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {

std::string describe(const Value& value) {
  return fmt::format("'{}' {}{}", value.name, name_of(value.dtype),
                     value.shape ? value.shape->to_string() : "");
}

std::string describe_inputs(const Graph& graph) {
  std::string names;
  for (const ValueId id : graph.inputs) {
    names += (names.empty() ? "" : ", ") + describe(graph.values[id]);
  }
  return names;
}

InputArgument input_argument(const Graph& graph, std::string_view option, char separator,
                             const std::string& argument, std::string_view expected) {
  std::size_t best = graph.inputs.size();
  const auto name_of_input = [&](std::size_t i) -> const std::string& {
    return graph.values[graph.inputs[i]].name;
  };
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const std::string& name = name_of_input(i);
    if (argument.rfind(name + separator, 0) != 0) continue;
    if (best == graph.inputs.size() || name.size() > name_of_input(best).size()) best = i;
  }
  if (best < graph.inputs.size()) return {best, argument.substr(name_of_input(best).size() + 1)};
  throw Error(ErrorCode::invalid_argument, fmt::format("{} {}", option, argument),
              fmt::format("expected {} with NAME one of {}", expected, describe_inputs(graph)));
}

Shape parse_shape(const std::string& where, const std::string& text) {
  Shape shape;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t next = std::min(text.find('x', at), text.size());
    const std::string digits = text.substr(at, next - at);
    if (digits.empty() || digits.size() > 12 ||
        digits.find_first_not_of("0123456789") != std::string::npos) {
      throw Error(ErrorCode::invalid_argument, where,
                  "expected dimensions as 1x64x496x432, found '" + digits + "'");
    }
    shape.push_back(std::stoll(digits));
    at = next + 1;
  }
  return shape;
}

}  // namespace colonnade
