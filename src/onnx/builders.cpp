#include "onnx/builders.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace colonnade {
namespace {

const OpBuilder* find_in(OpBuilders table, std::string_view op_type) noexcept {
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const OpBuilder& b) { return b.op_type == op_type; });
  return row == table.end() ? nullptr : &*row;
}

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

const OpBuilder* find_builder(std::string_view domain, std::string_view op_type) noexcept {
  if (const OpBuilder* plugin = find_in(plugin_builders(), op_type)) return plugin;
  if (!domain.empty() && domain != "ai.onnx") return nullptr;
  for (const OpBuilders table :
       {elementwise_builders(), activation_builders(), constant_builders(), shape_builders(),
        index_builders(), reduce_builders(), linear_builders(), convolution_builders(),
        resize_builders(), quantize_builders()}) {
    if (const OpBuilder* builder = find_in(table, op_type)) return builder;
  }
  return nullptr;
}

std::string unsupported_reason(std::string_view domain, std::string_view op_type) {
  if (!domain.empty() && domain != "ai.onnx") {
    return fmt::format("is a custom operator of the domain '{}'; export with standard operators",
                       domain);
  }
  if (op_type == "Loop" || op_type == "Scan") {
    return "loops aren't supported; export by tracing, with the loop unrolled";
  }
  if (contains(op_type, "Sequence")) return "sequences aren't supported; export with tensors only";
  if (contains(op_type, "Optional")) return "optional values aren't supported";
  if (contains(op_type, "String") || op_type == "RegexFullMatch" || op_type == "TfIdfVectorizer") {
    return "strings aren't supported";
  }
  if (contains(op_type, "Random") || op_type == "Bernoulli" || op_type == "Multinomial") {
    return "random numbers aren't supported; export the model for inference (model.eval())";
  }
  return "isn't among the supported operators (docs/onnx_ops.md lists them)";
}

}  // namespace colonnade
