#include "backends/cpu/layers.hpp"

#include <map>
#include <type_traits>

#include "backends/cpu/winograd_run.hpp"

namespace colonnade::cpu {

std::string_view kind_of(const Step& step) {
  const auto kind = []<typename T>(const T& s) -> std::string_view {
    if constexpr (std::is_same_v<T, ConvStep>) {
      return s.pieces.front().winograd ? "winograd" : "conv";
    }
    if constexpr (std::is_same_v<T, DepthwiseStep>) return "depthwise";
    if constexpr (std::is_same_v<T, SeparableStep>) return "window";
    if constexpr (std::is_same_v<T, CopyStep>) return "copy";
    if constexpr (std::is_same_v<T, UnaryStep> || std::is_same_v<T, BinaryStep>) {
      return "elementwise";
    }
    if constexpr (std::is_same_v<T, ReduceMaxStep>) return "max";
    if constexpr (std::is_same_v<T, PooledRowsStep>) return "conv + max";
    if constexpr (std::is_same_v<T, ScatterStep>) return "scatter";
    return "reference";
  };
  return std::visit(kind, step);
}

std::string_view precision_of(const Step& step) {
  if (const auto* conv = std::get_if<ConvStep>(&step)) {
    return precision_name(conv->pieces.front().precision());
  }
  const auto* reference = std::get_if<ReferenceStep>(&step);
  if (reference == nullptr || reference->outputs.empty()) return "fp32";
  const DType type = reference->outputs.front().type.dtype;
  return type == DType::f32 ? "fp32" : name_of(type);
}

double flop_of_cell(const ConvPiece& piece) {
  const ConvWindow& window = piece.args.window;
  const double products = piece.winograd ? static_cast<double>(piece.winograd->points.size())
                                         : static_cast<double>(window.kernel_h * window.kernel_w);
  return 2 * products * static_cast<double>(piece.inputs() * piece.outputs());
}

double flop_of(const Step& step) {
  if (const auto* conv = std::get_if<ConvStep>(&step)) {
    double flop = 0;
    for (const ConvPiece& piece : conv->pieces) {
      const std::int64_t cells =
          piece.winograd ? winograd_tiles(conv->map.height, conv->map.width) : piece.cells;
      flop += flop_of_cell(piece) * static_cast<double>(cells * conv->images);
    }
    return flop;
  }
  if (const auto* depthwise = std::get_if<DepthwiseStep>(&step)) {
    const ConvWindow& window = depthwise->args.conv.window;
    return 2 * static_cast<double>(window.kernel_h * window.kernel_w * depthwise->args.channels) *
           static_cast<double>(depthwise->images * depthwise->rows *
                               depthwise->args.conv.output_width);
  }
  return 0;
}

std::string copy_name(const std::string& of) {
  return of + " (copy)";
}

void tell_apart(std::vector<std::string>& names) {
  std::map<std::string, int> seen;
  for (std::string& name : names) {
    const int count = ++seen[name];
    if (count > 1) name += " (" + std::to_string(count) + ")";
  }
}

}  // namespace colonnade::cpu
