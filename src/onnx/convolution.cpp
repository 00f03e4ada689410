// Convolutions and pooling.
#include <fmt/core.h>

#include <algorithm>

#include "onnx/builders.hpp"
#include "onnx/window.hpp"

namespace colonnade {
namespace {

op::AutoPad auto_pad(const std::string& name) {
  if (name == "NOTSET" || name.empty()) return op::AutoPad::not_set;
  if (name == "SAME_UPPER") return op::AutoPad::same_upper;
  if (name == "SAME_LOWER") return op::AutoPad::same_lower;
  if (name == "VALID") return op::AutoPad::valid;
  throw Unsupported{fmt::format("auto_pad '{}' isn't known", name)};
}

void conv(NodeContext& node) {
  node.emit(op::Conv{read_window(node), read_group(node)});
}

void conv_transpose(NodeContext& node) {
  node.emit(op::ConvTranspose{read_window(node), read_group(node), node.integers("output_padding"),
                              node.integers("output_shape")});
}

void max_pool(NodeContext& node) {
  node.emit(op::MaxPool{read_window(node), node.flag("ceil_mode", false),
                        node.integer("storage_order", 0)});
}

void average_pool(NodeContext& node) {
  node.emit(op::AveragePool{read_window(node), node.flag("ceil_mode", false),
                            node.flag("count_include_pad", false)});
}

template <bool max>
void global_pool(NodeContext& node) {
  node.emit(op::GlobalPool{max});
}

constexpr OpBuilder kBuilders[] = {
    {"Conv", conv},
    {"ConvTranspose", conv_transpose},
    {"MaxPool", max_pool},
    {"AveragePool", average_pool},
    {"GlobalAveragePool", global_pool<false>},
    {"GlobalMaxPool", global_pool<true>},
};

}  // namespace

op::Window read_window(const NodeContext& node) {
  op::Window window{node.integers("kernel_shape"), node.integers("strides"), node.integers("pads"),
                    node.integers("dilations"), auto_pad(node.text("auto_pad", "NOTSET"))};
  const std::size_t spatial = std::max({window.kernel.size(), window.strides.size(),
                                        window.dilations.size(), window.pads.size() / 2});
  const auto check = [&](const char* name, const std::vector<std::int64_t>& steps) {
    if (!steps.empty() && steps.size() != spatial) {
      node.fail(ErrorCode::format, fmt::format("attribute '{}' has {} numbers; expected {}", name,
                                               steps.size(), spatial));
    }
    for (const std::int64_t step : steps) {
      // A kernel or a step beyond 32 bits would overflow the arithmetic of positions.
      if (step < 1 || step > INT32_MAX) {
        node.fail(ErrorCode::format,
                  fmt::format("attribute '{}' holds {}; expected 1 or more", name, step));
      }
    }
  };
  check("kernel_shape", window.kernel);
  check("strides", window.strides);
  check("dilations", window.dilations);
  if (!window.pads.empty() && window.pads.size() != 2 * spatial) {
    node.fail(ErrorCode::format, fmt::format("attribute 'pads' has {} numbers; expected {}",
                                             window.pads.size(), 2 * spatial));
  }
  for (const std::int64_t pad : window.pads) {
    if (pad < 0 || pad > INT32_MAX) {
      node.fail(ErrorCode::format,
                fmt::format("attribute 'pads' holds {}; expected 0 or more", pad));
    }
  }
  return window;
}

std::int64_t read_group(const NodeContext& node) {
  const std::int64_t group = node.integer("group", 1);
  if (group < 1) {
    node.fail(ErrorCode::format, fmt::format("attribute 'group' is {}; expected 1 or more", group));
  }
  return group;
}

OpBuilders convolution_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
