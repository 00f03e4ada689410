// The operators as small structs: what a node computes, without its inputs.
// They follow the newest ONNX opset that Colonnade knows: what older opsets wrote as attributes
// (axes, pads, k, ...) the reader turns into constant inputs, so each operator has one form.
// Comments give the inputs in order; [] marks optional ones.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/dtype.hpp"
#include "base/tensor.hpp"

namespace colonnade::op {

enum class UnaryKind : std::uint8_t {
  abs,
  neg,
  exp,
  log,
  sqrt,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  erf,
  sign,
  reciprocal,
  floor,
  ceil,
  round,
  sigmoid,
  softplus,
  softsign,
  relu,
  logical_not,
  identity,
  is_nan,
};
struct Unary {
  UnaryKind kind{};
};  // x

struct LeakyRelu {
  float alpha = 0.01f;
};  // x
struct Elu {
  float alpha = 1;
};  // x
struct HardSigmoid {
  float alpha = 0.2f, beta = 0.5f;
};               // x
struct Clip {};  // x, [min], [max]

enum class BinaryKind : std::uint8_t {
  add,
  sub,
  mul,
  div,
  mod,
  fmod,
  pow,
  prelu,
  equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  logical_xor,
};
struct Binary {
  BinaryKind kind{};
};  // a, b (broadcast)

enum class VariadicKind : std::uint8_t { min, max, sum, mean };
struct Variadic {
  VariadicKind kind{};
};  // one or more (broadcast)

struct Where {};  // condition, x, y
struct Cast {
  DType to{};
};                  // x
struct Dropout {};  // x -> x, [mask]: inference only
struct ShapeOf {
  std::int64_t start = 0, end = INT64_MAX;
};               // x
struct Size {};  // x
struct Reshape {
  bool allow_zero = false;
};  // x, shape
struct Flatten {
  std::int64_t axis = 1;
};                    // x
struct Squeeze {};    // x, [axes]
struct Unsqueeze {};  // x, axes
struct Transpose {
  std::vector<std::int64_t> perm;
};  // x; empty: reversed
struct Concat {
  std::int64_t axis = 0;
};  // one or more
struct Split {
  std::int64_t axis = 0;
};                // x, [sizes]: else equal, last smaller
struct Slice {};  // x, starts, ends, [axes], [steps]
struct Gather {
  std::int64_t axis = 0;
};  // x, indices
struct GatherElements {
  std::int64_t axis = 0;
};  // x, indices
struct GatherND {
  std::int64_t batch_dims = 0;
};  // x, indices
enum class Reduction : std::uint8_t { none, add, mul, min, max };
struct ScatterElements {
  std::int64_t axis = 0;
  Reduction reduction{};
};  // x, indices, updates
struct ScatterND {
  Reduction reduction{};
};                 // x, indices, updates
struct Expand {};  // x, shape
struct Tile {};    // x, repeats
enum class PadMode : std::uint8_t { constant, reflect, edge, wrap };
struct Pad {
  PadMode mode{};
};                // x, pads, [value], [axes]
struct Range {};  // start, limit, delta
struct ConstantOfShape {
  Tensor value;
};                  // shape; value: one element, empty: float 0
struct NonZero {};  // x
struct CumSum {
  bool exclusive = false, reverse = false;
};  // x, axis

enum class ReduceKind : std::uint8_t {
  max,
  min,
  sum,
  mean,
  prod,
  l1,
  l2,
  sum_square,
  log_sum,
  log_sum_exp
};
struct Reduce {
  ReduceKind kind{};
  bool keep_dims = true;
  bool noop_with_empty_axes = false;
};  // x, [axes]
struct ArgReduce {
  bool max = true;
  std::int64_t axis = 0;
  bool keep_dims = true, select_last = false;
};  // x
struct TopK {
  std::int64_t axis = -1;
  bool largest = true, sorted = true;
};  // x, k -> values, indices
struct Softmax {
  std::int64_t axis = -1;
  bool log = false;
  bool flatten = false;
};  // x; flatten: opset < 13

struct BatchNorm {
  float epsilon = 1e-5f;
};                 // x, scale, bias, mean, variance
struct MatMul {};  // a, b
struct Gemm {
  float alpha = 1, beta = 1;
  bool trans_a = false, trans_b = false;
};  // a, b, [c]
struct Einsum {
  std::string equation;
};  // one or more

enum class AutoPad : std::uint8_t { not_set, same_upper, same_lower, valid };
/// Spatial window of convolutions and pooling; empty vectors mean 1s (0s for pads).
struct Window {
  std::vector<std::int64_t> kernel, strides, pads /* begins, then ends */, dilations;
  AutoPad auto_pad{};
};
struct Conv {
  Window window;
  std::int64_t group = 1;
};                      // x [N,C,*], w [M,C/g,*], [b]
struct ConvTranspose {  // x [N,C,*], w [C,M/g,*], [b]
  Window window;
  std::int64_t group = 1;
  std::vector<std::int64_t> output_padding, output_shape;
};
struct MaxPool {
  Window window;
  bool ceil_mode = false;
  std::int64_t storage_order = 0;
};  // x -> y, [indices]
struct AveragePool {
  Window window;
  bool ceil_mode = false, count_include_pad = false;
};  // x
struct GlobalPool {
  bool max = false;
};  // x

enum class ResizeMode : std::uint8_t { nearest, linear, cubic };
enum class ResizeCoordinates : std::uint8_t {
  half_pixel,
  half_pixel_symmetric,
  pytorch_half_pixel,
  align_corners,
  asymmetric,
  tf_crop_and_resize,
};
enum class NearestMode : std::uint8_t { round_prefer_floor, round_prefer_ceil, floor, ceil };
enum class AspectPolicy : std::uint8_t { stretch, not_larger, not_smaller };
struct Resize {  // x, [roi], [scales], [sizes]
  ResizeMode mode{};
  ResizeCoordinates coordinates{};
  NearestMode nearest{};
  AspectPolicy aspect{};
  std::vector<std::int64_t> axes;
  bool antialias = false, exclude_outside = false;
  float cubic_coefficient = -0.75f, extrapolation_value = 0;
};

struct QuantizeLinear {
  std::int64_t axis = 1, block_size = 0;
  bool saturate = true;
  DType output{};
};  // x, scale, [zero point]
struct DequantizeLinear {
  std::int64_t axis = 1, block_size = 0;
  DType output{};
};                                // x, scale, [zero point]
struct DynamicQuantizeLinear {};  // x -> y, scale, zero point
struct QLinearConv {
  Window window;
  std::int64_t group = 1;
};  // x, xs, xz, w, ws, wz, ys, yz, [b]

/// The field's scatter plugins: pillar features -> BEV image [1, C, height, width], zero elsewhere.
/// A later pillar overwrites an earlier one in the same cell; a cell outside the image is dropped.
enum class PillarScatterForm : std::uint8_t {
  plugin,  // features [P,C] or [P,1,C], coords int32 [P,4] (b,z,y,x), count [1]: PPScatterPlugin,
           // PillarScatterPlugin
  scatter_bev,  // features, coords float [1,1,P,4], params float [1,1,1,5] (bits: uint32
                // 1,C,H,W,P): ScatterBEV
};
struct PillarScatter {
  PillarScatterForm form{};
  std::int64_t height = 0, width = 0;
};  // 0: from params

}  // namespace colonnade::op

namespace colonnade {

using Op = std::variant<
    op::Unary, op::LeakyRelu, op::Elu, op::HardSigmoid, op::Clip, op::Binary, op::Variadic,
    op::Where, op::Cast, op::Dropout, op::ShapeOf, op::Size, op::Reshape, op::Flatten, op::Squeeze,
    op::Unsqueeze, op::Transpose, op::Concat, op::Split, op::Slice, op::Gather, op::GatherElements,
    op::GatherND, op::ScatterElements, op::ScatterND, op::Expand, op::Tile, op::Pad, op::Range,
    op::ConstantOfShape, op::NonZero, op::CumSum, op::Reduce, op::ArgReduce, op::TopK, op::Softmax,
    op::BatchNorm, op::MatMul, op::Gemm, op::Einsum, op::Conv, op::ConvTranspose, op::MaxPool,
    op::AveragePool, op::GlobalPool, op::Resize, op::QuantizeLinear, op::DequantizeLinear,
    op::DynamicQuantizeLinear, op::QLinearConv, op::PillarScatter>;

/// "Conv", "Add", "PillarScatter": for messages, printing and histograms.
std::string_view name_of(const Op& op) noexcept;

}  // namespace colonnade
