// Pillarize: points float [N, F], count int32 [1] -> voxels [max_pillars, max_points, F], coords
// int32 [max_pillars, 4], points a pillar int32 [max_pillars], pillars int32 [1].
#include <cmath>

#include "core/pillarize.hpp"
#include "tensorrt/plugin.hpp"

namespace colonnade::plugins {
namespace {

using nvinfer1::DataType;

constexpr std::size_t kPoints = 0, kCount = 1, kInputs = 2;
constexpr std::int32_t kVoxels = 0, kCoords = 1, kPointsAPillar = 2, kPillars = 3, kOutputs = 4;

class PillarizePlugin final : public Plugin {
 public:
  explicit PillarizePlugin(const PillarGrid& grid) : grid_(grid) {}

  std::unique_ptr<Plugin> clone() const override {
    return std::make_unique<PillarizePlugin>(*this);
  }
  std::int32_t inputs() const override { return kInputs; }
  std::int32_t outputs() const override { return kOutputs; }
  DataType output_type(std::int32_t output, DataType) const override {
    return output == kVoxels ? DataType::kFLOAT : DataType::kINT32;
  }

  nvinfer1::DimsExprs output_shape(std::int32_t output, const nvinfer1::DimsExprs* in,
                                   nvinfer1::IExprBuilder& build) const override {
    nvinfer1::DimsExprs shape{};
    shape.nbDims = output == kVoxels ? 3 : output == kCoords ? 2 : 1;
    shape.d[0] = build.constant(output == kPillars ? 1 : grid_.max_pillars);
    if (output == kVoxels) {
      shape.d[1] = build.constant(grid_.max_points);
      shape.d[2] = in[kPoints].d[1];
    }
    if (output == kCoords) shape.d[1] = build.constant(4);
    return shape;
  }

  bool takes(std::size_t at, Descs tensors) const override {
    // The points, and the voxels, which are the first output.
    const bool of_floats = at == kPoints || at == kInputs;
    return tensors[at].type == (of_floats ? DataType::kFLOAT : DataType::kINT32);
  }

  std::size_t workspace(Descs in) const override {
    return pillarize_workspace(grid_, static_cast<std::int32_t>(in[kPoints].dims.d[0]));
  }

  bool run(Descs in, const void* const* inputs, void* const* outputs, void* workspace,
           cudaStream_t stream, std::string& problem) const override {
    const nvinfer1::Dims& points = in[kPoints].dims;
    const nvinfer1::Dims& count = in[kCount].dims;
    if (points.nbDims != 2 || points.d[1] < 3 || count.nbDims > 1 ||
        (count.nbDims == 1 && count.d[0] != 1)) {
      problem = "expected points [N, F] of at least x, y, z and one count";
      return false;
    }
    const cudaError_t status = pillarize(
        grid_,
        {static_cast<const float*>(inputs[kPoints]),
         static_cast<const std::int32_t*>(inputs[kCount]), static_cast<std::int32_t>(points.d[0]),
         static_cast<std::int32_t>(points.d[1])},
        {static_cast<float*>(outputs[kVoxels]), static_cast<std::int32_t*>(outputs[kCoords]),
         static_cast<std::int32_t*>(outputs[kPointsAPillar]),
         static_cast<std::int32_t*>(outputs[kPillars])},
        workspace, stream);
    if (status != cudaSuccess) problem = cudaGetErrorString(status);
    return status == cudaSuccess;
  }

 private:
  PillarGrid grid_;
};

/// As GridSpec counts them.
std::int32_t cells(float min, float max, float cell) {
  const double count = (static_cast<double>(max) - min) / cell;
  return count >= 0.5 && count < 1e6 ? static_cast<std::int32_t>(std::llround(count)) : 0;
}

}  // namespace

std::unique_ptr<Plugin> make_pillarize(const Attributes& attributes, std::string& problem) {
  PillarGrid grid;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    grid.min[axis] = attributes.number("range", axis);
    grid.max[axis] = attributes.number("range", axis + 3);
  }
  for (std::size_t axis = 0; axis < 2; ++axis) grid.cell[axis] = attributes.number("cell", axis);
  grid.nx = cells(grid.min[0], grid.max[0], grid.cell[0]);
  grid.ny = cells(grid.min[1], grid.max[1], grid.cell[1]);
  grid.max_pillars = attributes.integer("max_pillars");
  grid.max_points = attributes.integer("max_points");
  grid.stop_at_cap = attributes.integer("stop_at_cap") != 0;
  if (!is_sensible(grid) || !(grid.max[2] > grid.min[2])) {
    problem =
        "expected 'range' [x, y, z, x, y, z] and 'cell' [x, y] of 1 to 2^28 cells, and "
        "'max_pillars' and 'max_points' of 1 or more";
    return nullptr;
  }
  return std::make_unique<PillarizePlugin>(grid);
}

}  // namespace colonnade::plugins
