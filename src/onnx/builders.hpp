// ONNX operators by name, and what makes nodes of them. One table an op family.
#pragma once

#include <span>
#include <string_view>

#include "onnx/node_context.hpp"

namespace colonnade {

struct OpBuilder {
  std::string_view op_type;
  void (*build)(NodeContext&);
};
using OpBuilders = std::span<const OpBuilder>;

OpBuilders elementwise_builders() noexcept;
OpBuilders activation_builders() noexcept;
OpBuilders constant_builders() noexcept;
OpBuilders shape_builders() noexcept;
OpBuilders index_builders() noexcept;
OpBuilders reduce_builders() noexcept;
OpBuilders linear_builders() noexcept;
OpBuilders convolution_builders() noexcept;
OpBuilders resize_builders() noexcept;
OpBuilders quantize_builders() noexcept;
OpBuilders plugin_builders() noexcept;

/// Null where there is none. Plugins are found in any domain, the rest in ONNX's own only.
const OpBuilder* find_builder(std::string_view domain, std::string_view op_type) noexcept;

/// Why a node without a builder can't be run, and what would work.
std::string unsupported_reason(std::string_view domain, std::string_view op_type);

}  // namespace colonnade
