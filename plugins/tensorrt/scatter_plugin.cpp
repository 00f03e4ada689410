// ScatterBEV, PPScatterPlugin and PillarScatterPlugin, told apart by their inputs:
//   features [P, C] (or [P, 1, C], [P, C, 1]), coords int32 [P, 4], count int32 [1]
//   features [P, C], coords float [1, 1, P, 4], params float [1, 1, 1, 5]    ScatterBEV
//   features [N, P, C], coords int32 [N, P, 4], counts int32 [N]             TensorRT's own
#include <cstdint>

#include "core/scatter.hpp"
#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

using nvinfer1::DataType;
using nvinfer1::Dims;

enum Input : std::size_t { kFeatures, kCoords, kCount, kInputs };
constexpr std::int32_t kMostRank = 4;

std::int64_t elements(const Dims& dims) {
  std::int64_t count = 1;
  for (std::int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

/// TensorRT's own plugin has frames side by side; the others' coordinates have rank 2 or 4.
bool is_batched(std::int32_t coords_rank) {
  return coords_rank == 3;
}

/// Which of the features' dimensions counts channels.
std::int32_t channel_axis(std::int32_t rank, bool batched, bool last_is_one) {
  return rank == 3 && !batched && last_is_one ? 1 : rank - 1;
}

class ScatterPlugin final : public Plugin {
 public:
  ScatterPlugin(std::int32_t height, std::int32_t width) : height_(height), width_(width) {}

  std::unique_ptr<Plugin> clone() const override { return std::make_unique<ScatterPlugin>(*this); }
  std::int32_t inputs() const override { return kInputs; }
  std::int32_t outputs() const override { return 1; }
  DataType output_type(std::int32_t, DataType features) const override { return features; }

  nvinfer1::DimsExprs output_shape(std::int32_t, const nvinfer1::DimsExprs* in,
                                   nvinfer1::IExprBuilder& build) const override {
    const nvinfer1::DimsExprs& features = in[kFeatures];
    const bool batched = is_batched(in[kCoords].nbDims);
    const nvinfer1::IDimensionExpr& last = *features.d[features.nbDims - 1];
    const bool last_is_one = last.isConstant() && last.getConstantValue() == 1;
    nvinfer1::DimsExprs image{};
    image.nbDims = 4;
    image.d[0] = batched ? features.d[0] : build.constant(1);
    image.d[1] = features.d[channel_axis(features.nbDims, batched, last_is_one)];
    image.d[2] = build.constant(height_);
    image.d[3] = build.constant(width_);
    return image;
  }

  bool takes(std::size_t at, Descs tensors) const override {
    const DataType type = tensors[at].type;
    switch (at) {
      case kFeatures:
        return type == DataType::kFLOAT || type == DataType::kHALF || type == DataType::kINT8;
      case kCoords: return type == DataType::kINT32 || type == DataType::kFLOAT;
      // The count's type follows from the coordinates': params come with floats.
      case kCount: return type == tensors[kCoords].type;
      default: return type == tensors[kFeatures].type;
    }
  }

  std::size_t workspace(Descs in) const override {
    ScatterShape shape;
    std::string problem;
    return read_shape(in, shape, problem) ? scatter_workspace(shape) : 0;
  }

  bool run(Descs in, const void* const* inputs, void* const* outputs, void* workspace,
           cudaStream_t stream, std::string& problem) const override {
    ScatterShape shape;
    if (!read_shape(in, shape, problem)) return false;
    ScatterInputs given{inputs[kFeatures], inputs[kCoords], in[kCoords].type == DataType::kFLOAT,
                        nullptr, nullptr};
    if (given.float_coords) {
      given.params = static_cast<const std::uint32_t*>(inputs[kCount]);
    } else {
      given.counts = static_cast<const std::int32_t*>(inputs[kCount]);
    }
    const DataType type = in[kFeatures].type;
    const Element element = type == DataType::kFLOAT  ? Element::f32
                            : type == DataType::kHALF ? Element::f16
                                                      : Element::i8;
    const cudaError_t status =
        scatter(shape, element, given, outputs[0], workspace, nullptr, stream);
    if (status != cudaSuccess) problem = cudaGetErrorString(status);
    return status == cudaSuccess;
  }

 private:
  /// What the inputs' sizes say together; nothing is read beyond them.
  bool read_shape(Descs in, ScatterShape& shape, std::string& problem) const {
    const Dims &features = in[kFeatures].dims, &coords = in[kCoords].dims;
    if (features.nbDims < 2 || features.nbDims > 3 || coords.nbDims < 2 ||
        coords.nbDims > kMostRank) {
      problem = "expected features of rank 2 or 3 and coords of rank 2, 3 or 4";
      return false;
    }
    const bool batched = is_batched(coords.nbDims);
    const std::int32_t axis =
        channel_axis(features.nbDims, batched, features.d[features.nbDims - 1] == 1);
    shape.batches = batched ? static_cast<std::int32_t>(features.d[0]) : 1;
    shape.channels = static_cast<std::int32_t>(features.d[axis]);
    shape.rows = static_cast<std::int32_t>(features.d[batched ? 1 : 0]);
    shape.height = height_;
    shape.width = width_;
    const std::int64_t rows = std::int64_t{shape.batches} * shape.rows;
    const std::int64_t counted = in[kCoords].type == DataType::kFLOAT ? 5 : shape.batches;
    if ((batched && features.nbDims != 3) || elements(features) != rows * shape.channels ||
        elements(coords) != rows * 4 || elements(in[kCount].dims) != counted) {
      problem =
          "expected features of one row a pillar, coords of 4 a pillar and a count a frame; "
          "found " +
          std::to_string(elements(features)) + ", " + std::to_string(elements(coords)) + " and " +
          std::to_string(elements(in[kCount].dims)) + " elements";
      return false;
    }
    return true;
  }

  std::int32_t height_, width_;
};

}  // namespace

std::unique_ptr<Plugin> make_scatter(const Attributes& attributes, std::string& problem) {
  const std::int32_t height = attributes.integer("dense_shape", 0);
  const std::int32_t width = attributes.integer("dense_shape", 1);
  constexpr std::int64_t kMostCells = std::int64_t{1} << 28;
  if (height < 1 || width < 1 || std::int64_t{height} * width > kMostCells) {
    problem = "attribute 'dense_shape': expected [height, width] of 1 to 2^28 cells, found [" +
              std::to_string(height) + ", " + std::to_string(width) + "]";
    return nullptr;
  }
  return std::make_unique<ScatterPlugin>(height, width);
}

}  // namespace colonnade::plugins
