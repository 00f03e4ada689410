#include "tensorrt/quantize.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr float kMostSteps = 127;  ///< Symmetric: -128 has no opposite.

bool is_convolution(const Node& node) {
  return std::holds_alternative<op::Conv>(node.op) ||
         std::holds_alternative<op::ConvTranspose>(node.op);
}

/// The dimension of its weights that counts output channels; a transposed one with groups, which
/// TensorRT doesn't quantize, has none.
std::int64_t channel_axis(const Node& node) {
  return std::holds_alternative<op::ConvTranspose>(node.op) ? 1 : 0;
}
bool is_grouped_transposed(const Node& node) {
  const auto* transposed = std::get_if<op::ConvTranspose>(&node.op);
  return transposed != nullptr && transposed->group != 1;
}

/// Of a map's step; 1 where nothing but zeros was seen.
float map_scale(const TensorRange& range) {
  float most = std::abs(range.low);
  for (const float high : range.highs) most = std::max(most, high);
  return most > 0 ? most / kMostSteps : 1;
}

/// By channel of `axis`.
Tensor weight_scales(const Tensor& weights, std::int64_t axis) {
  const Shape& shape = weights.shape();
  const auto dim = static_cast<std::size_t>(axis);
  const std::int64_t channels = shape[dim], inner = shape.elements(dim + 1, shape.rank());
  Tensor scales(DType::f32, Shape{channels});
  auto* scale = scales.as<float>();
  for (std::size_t i = 0; i < weights.elements(); ++i) {
    float& most = scale[static_cast<std::int64_t>(i) / inner % channels];
    most = std::max(most, std::abs(weights.as<float>()[i]));
  }
  for (std::int64_t c = 0; c < channels; ++c) scale[c] = scale[c] > 0 ? scale[c] / kMostSteps : 1;
  return scales;
}

class Quantizer {
 public:
  Quantizer(const Graph& graph, std::span<const TensorRange> ranges,
            std::span<const std::string> left)
      : given_(graph), left_(left), result_{graph, {}, {}} {
    for (const TensorRange& range : ranges) ranges_[range.tensor] = &range;
    for (const Node& node : graph.nodes) {
      for (const ValueId id : node.outputs) {
        if (id != kNoValue) writer_[id] = &node;
      }
    }
  }

  QuantizedGraph run() {
    result_.graph.nodes.clear();
    for (const Node& node : given_.nodes) add(node);
    if (!result_.narrow.empty()) refuse_unknown_names();  // Else they're another graph's.
    return std::move(result_);
  }

 private:
  void refuse_unknown_names() const {
    for (const std::string& name : left_) {
      const bool is_there =
          std::any_of(given_.nodes.begin(), given_.nodes.end(),
                      [&](const Node& node) { return is_convolution(node) && node.name == name; });
      if (is_there) continue;
      throw Error(ErrorCode::invalid_argument, fmt::format("layer '{}'", name),
                  "expected the name of a convolution's node, as `inspect` prints it");
    }
  }

  void add(const Node& node) {
    const bool is_left = std::find(left_.begin(), left_.end(), node.name) != left_.end();
    if (!is_convolution(node) || is_left) return result_.graph.nodes.push_back(node);
    const TensorRange* range = range_of(node.inputs[0]);
    const Tensor& weights = given_.values[node.inputs[1]].constant;
    if (range == nullptr || !weights || weights.dtype() != DType::f32 ||
        is_grouped_transposed(node)) {
      result_.wide.push_back(node.name);
      return result_.graph.nodes.push_back(node);
    }
    Node quantized = node;
    quantized.inputs[0] =
        through_pair(node.inputs[0], 1, Tensor::of<float>({}, {map_scale(*range)}));
    quantized.inputs[1] = through_pair(node.inputs[1], channel_axis(node),
                                       weight_scales(weights, channel_axis(node)));
    result_.graph.nodes.push_back(std::move(quantized));
    result_.narrow.push_back(node.name);
  }

  /// Padding with zeros, which a calibration sees as the convolution's own, widens no range.
  const TensorRange* range_of(ValueId id) const {
    const auto found = ranges_.find(given_.values[id].name);
    if (found != ranges_.end()) return found->second;
    const auto writer = writer_.find(id);
    if (writer == writer_.end()) return nullptr;
    const Node& node = *writer->second;
    const auto* pad = std::get_if<op::Pad>(&node.op);
    if (pad == nullptr || pad->mode != op::PadMode::constant) return nullptr;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
      const Tensor& fill = given_.values[node.inputs[2]].constant;
      if (!fill || fill.dtype() != DType::f32 || *fill.as<float>() != 0) return nullptr;
    }
    return range_of(node.inputs[0]);
  }

  /// `id` as int8 and back, once for all who read it by this axis.
  ValueId through_pair(ValueId id, std::int64_t axis, Tensor scale) {
    const auto [made, is_new] = pairs_.try_emplace({id, axis}, kNoValue);
    if (!is_new) return made->second;
    Graph& graph = result_.graph;
    const std::string name = given_.values[id].name;
    const std::optional<Shape> shape = given_.values[id].shape;
    const ValueId zero = graph.add_constant(name + "/zero", Tensor(DType::i8, scale.shape()));
    const ValueId scale_id = graph.add_constant(name + "/scale", std::move(scale));
    const ValueId bytes = graph.add_value({name + "/int8", DType::i8, shape, {}});
    made->second = graph.add_value({name + "/wide", DType::f32, shape, {}});
    op::QuantizeLinear quantize;
    quantize.axis = axis;
    quantize.output = DType::i8;
    op::DequantizeLinear dequantize;
    dequantize.axis = axis;
    dequantize.output = DType::f32;
    graph.nodes.push_back(
        {name + "/quantize", "QuantizeLinear", quantize, {id, scale_id, zero}, {bytes}});
    graph.nodes.push_back({name + "/dequantize",
                           "DequantizeLinear",
                           dequantize,
                           {bytes, scale_id, zero},
                           {made->second}});
    return made->second;
  }

  const Graph& given_;
  const std::span<const std::string> left_;
  QuantizedGraph result_;
  std::map<std::string, const TensorRange*> ranges_;
  std::map<ValueId, const Node*> writer_;
  std::map<std::pair<ValueId, std::int64_t>, ValueId> pairs_;
};

}  // namespace

QuantizedGraph quantize_convolutions(const Graph& graph, std::span<const TensorRange> ranges,
                                     std::span<const std::string> left) {
  QuantizedGraph quantized = Quantizer(graph, ranges, left).run();
  verify(quantized.graph);
  return quantized;
}

}  // namespace colonnade
