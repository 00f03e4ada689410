#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstring>

#include "colonnade/error.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

enum Input : std::size_t { kFeatures, kCoords, kCount };  // kCount: params of ScatterBEV.
constexpr std::int64_t kCoordinates = 4;                  // Batch, z, y, x of a pillar.

// ScatterBEV's five numbers: uint32 in the bits of a float tensor, because TensorRT of its day had
// no integer input for it.
struct Params {
  std::int64_t channels = kUnknownDim, height = kUnknownDim, width = kUnknownDim, count = 0;
};

Params params_of(const ConstTensorView& params) {
  std::array<std::uint32_t, 5> bits{};
  if (params.dtype != DType::f32 || params.shape.elements() != 5) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected params of 5 float32 elements, found {} {}",
                            name_of(params.dtype), params.shape.to_string()));
  }
  std::memcpy(bits.data(), params.data, sizeof bits);
  return {bits[1], bits[2], bits[3], bits[4]};
}

// The features' only dim after the pillars that isn't 1: exports have [P,C], [P,1,C] and [P,C,1].
std::int64_t channels_of(const Shape& features) {
  std::int64_t channels = 1;
  for (std::size_t i = 1; i < features.rank(); ++i) {
    if (features[i] == 1) continue;
    if (channels != 1) {
      throw Error(ErrorCode::mismatch,
                  "expected features [P,C] or [P,1,C], found " + features.to_string());
    }
    channels = features[i];
  }
  return channels;
}

// Rows of four coordinates; kUnknownDim where that isn't known.
std::int64_t rows_of(const Shape& coords) {
  if (coords.rank() < 2 ||
      (coords[coords.rank() - 1] >= 0 && coords[coords.rank() - 1] != kCoordinates)) {
    throw Error(ErrorCode::mismatch,
                "expected coords (batch, z, y, x) in rows of 4, found " + coords.to_string());
  }
  for (std::size_t i = 0; i + 1 < coords.rank(); ++i) {
    if (coords[i] < 0) return kUnknownDim;
  }
  return coords.elements(0, coords.rank() - 1);
}

std::int64_t known(std::int64_t size) {
  return size > 0 ? size : kUnknownDim;
}

std::int64_t count_of(const op::PillarScatter& op, const ConstTensorView& input) {
  if (op.form == op::PillarScatterForm::scatter_bev) return params_of(input).count;
  const std::vector<std::int64_t> count = to_int64(input);
  if (count.size() != 1) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected one count of pillars, found {}", count.size()));
  }
  return count[0];
}

// A row or column as an index; outside of the image where it's no such number.
std::int64_t cell_index(double coordinate, std::int64_t size) {
  return coordinate >= 0 && coordinate < static_cast<double>(size)
             ? static_cast<std::int64_t>(coordinate)
             : kUnknownDim;
}

}  // namespace

Types infer(const op::PillarScatter& op, InferInputs in, std::size_t) {
  require_inputs(in, 3, 3);
  Shape image{1, kUnknownDim, known(op.height), known(op.width)};
  if (in[kFeatures].shape) {
    const Shape& features = *in[kFeatures].shape;
    if (features.rank() < 2) {
      throw Error(ErrorCode::mismatch,
                  "expected features [P,C] or [P,1,C], found " + features.to_string());
    }
    image[1] = channels_of(features);
    if (in[kCoords].shape) {
      const std::int64_t rows = rows_of(*in[kCoords].shape);
      if (rows >= 0 && features[0] >= 0 && rows != features[0]) {
        throw Error(ErrorCode::mismatch,
                    fmt::format("features {} and coords {} differ in pillars", features.to_string(),
                                in[kCoords].shape->to_string()));
      }
    }
  }
  if (op.form == op::PillarScatterForm::scatter_bev && in[kCount].value) {
    const Params params = params_of(*in[kCount].value);
    if (image[1] >= 0 && image[1] != params.channels) {
      throw Error(ErrorCode::mismatch, fmt::format("features have {} channels, params say {}",
                                                   image[1], params.channels));
    }
    image = {1, params.channels, params.height, params.width};
  }
  return {type_of(in[kFeatures].dtype, image)};
}

void compute(const op::PillarScatter& op, In in, Out out) {
  const std::int64_t channels = out[0].shape[1], height = out[0].shape[2], width = out[0].shape[3];
  const std::int64_t cells = height * width;
  const std::int64_t rows = rows_of(in[kCoords].shape);
  const std::int64_t count = count_of(op, in[kCount]);
  if (count < 0 || count > rows) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the count of pillars is {}, expected 0 to the {} rows of coords",
                            count, rows));
  }
  const std::vector<double> coords = to_doubles(in[kCoords]);
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    T* image = out[0].as<T>();
    std::fill(image, image + channels * cells, T{});
    for (std::int64_t p = 0; p < count; ++p) {
      // Batch and z take no part: the plugins write image 0 whatever they say.
      const double* row = coords.data() + p * kCoordinates;
      const std::int64_t y = cell_index(row[2], height), x = cell_index(row[3], width);
      if (y == kUnknownDim || x == kUnknownDim) continue;
      for (std::int64_t c = 0; c < channels; ++c) {
        image[c * cells + y * width + x] = in[kFeatures].as<T>()[p * channels + c];
      }
    }
  });
}

}  // namespace colonnade::reference
