#include "backends/cpu/layer_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "colonnade/error.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "kernels/conv/int8.hpp"
#include "kernels/conv/int8_kernels.hpp"

namespace colonnade::cpu {
namespace {

const ConvKernel* kernel_for(const CompileOptions& options, Precision precision,
                             const ConvKernel& plain) {
  const ConvKernel* kernel = find_conv_kernel(options.isa, precision);
  return kernel == nullptr && options.emulate ? &plain : kernel;
}

// A channel that was seldom seen may reach more than it did then. Measured (docs/precision.md).
constexpr float kLeastShare = 1.0F / 4;

// Null: of a map in which nothing was seen.
std::shared_ptr<const ByteMap> byte_map(const TensorRange& range) {
  const std::vector<float>& highs = range.highs;
  const float highest = highs.empty() ? 0 : *std::max_element(highs.begin(), highs.end());
  if (!(highest > 0) || !std::isfinite(highest)) return nullptr;
  auto scales = std::make_shared<std::vector<float>>();
  for (const float high : highs) {
    scales->push_back(std::max(high, highest * kLeastShare) / kMostU8);
  }
  auto map = std::make_shared<ByteMap>();
  const std::size_t channels = highs.size(), cells = range.background.size() / channels;
  for (std::size_t c = 0; cells > 0 && c < channels; ++c) {
    double exact = 0, bytes = 0;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const float value = range.background[cell * channels + c];
      exact += value / (*scales)[c];
      bytes += to_u8(value, 1 / (*scales)[c]);
    }
    map->background.push_back(static_cast<float>(exact / static_cast<double>(cells)));
    map->background_bytes.push_back(static_cast<float>(bytes / static_cast<double>(cells)));
  }
  map->scales = std::move(scales);
  return map;
}

bool is_exact(Precision precision) {
  return precision == Precision::fp32 || precision == Precision::tf32;
}

}  // namespace

ByteInput ByteMap::from(std::int64_t first_input) const {
  const auto at = [&](const std::vector<float>& values) {
    return values.empty() ? nullptr : values.data() + first_input;
  };
  return {at(*scales), at(background), at(background_bytes)};
}

LayerKernels::LayerKernels(const CompileOptions& options) : precision_(options.precision) {
  bool reduced = !is_exact(precision_), bytes = precision_ == Precision::int8;
  for (const LayerPrecision& layer : options.layers) {
    layers_[layer.name] = layer.precision;
    reduced |= !is_exact(layer.precision);
    bytes |= layer.precision == Precision::int8;
  }
  if (reduced) bf16_ = kernel_for(options, Precision::bf16, emulated_bf16_kernel());
  if (bytes) int8_ = kernel_for(options, Precision::int8, emulated_int8_kernel());
  if (int8_ == nullptr) return;
  if (options.ranges.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "precision int8 needs to know what the network's maps reach; build an engine with "
                "--precision int8 --calibrate CLOUDS");
  }
  for (const TensorRange& range : options.ranges) {
    if (range.low >= 0) maps_[range.tensor] = byte_map(range);
  }
}

LayerKernels::Choice LayerKernels::of(const std::string& layer, const std::string& input,
                                      std::int64_t channels, std::int64_t products) const {
  const auto own = layers_.find(layer);
  const Precision precision = own == layers_.end() ? precision_ : own->second;
  if (is_exact(precision)) return {};
  if (precision == Precision::int8 && int8_ != nullptr && products <= kMostInt8Products) {
    const auto found = maps_.find(input);
    if (found != maps_.end() && found->second != nullptr &&
        static_cast<std::int64_t>(found->second->scales->size()) == channels) {
      return {int8_, found->second};
    }
  }
  return {bf16_, nullptr};
}

}  // namespace colonnade::cpu
