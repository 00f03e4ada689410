#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/shape/copy.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

/// Indices start, start + step, ... (count of them), all inside of the dimension.
struct IndexRun {
  std::int64_t start = 0, step = 1, count = 0;
};

/// Python's rule. Ends as far out as INT64_MIN and INT64_MAX mean "all": mmdeploy flips an axis
/// with step -1 and end -9223372036854775807.
IndexRun clamp_run(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t dim) {
  if (step == 0) throw Error(ErrorCode::invalid_argument, "a slice's step is 0");
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? dim : dim - 1;
  const auto clamp = [&](std::int64_t i) {
    return std::clamp(i < 0 ? i + dim : i, lowest, std::max(lowest, highest));
  };
  start = clamp(start);
  end = clamp(end);
  const std::int64_t longest = std::max<std::int64_t>(dim, 1);
  step = std::clamp(step, -longest, longest);  // Longer strides take one element as well.
  const std::int64_t span = step > 0 ? end - start : start - end;
  const std::int64_t stride = step > 0 ? step : -step;
  return {start, step, span > 0 ? (span - 1) / stride + 1 : 0};
}

struct Bounds {
  std::vector<std::int64_t> starts, ends, axes, steps;

  void check() const {
    const std::size_t n = starts.size();
    if (ends.size() != n || axes.size() != n || steps.size() != n) {
      throw Error(ErrorCode::mismatch,
                  fmt::format("{} starts, {} ends, {} axes and {} steps: they must be equally many",
                              n, ends.size(), axes.size(), steps.size()));
    }
  }
};

std::vector<std::int64_t> first_axes(std::size_t count) {
  std::vector<std::int64_t> axes(count);
  for (std::size_t i = 0; i < count; ++i) axes[i] = static_cast<std::int64_t>(i);
  return axes;
}

Bounds read_bounds(In in) {
  Bounds b;
  b.starts = to_int64(in[1]);
  b.ends = to_int64(in[2]);
  b.axes = is_given(in, 3) ? to_int64(in[3]) : first_axes(b.starts.size());
  b.steps = is_given(in, 4) ? to_int64(in[4]) : std::vector<std::int64_t>(b.starts.size(), 1);
  b.check();
  return b;
}

/// The bounds where all of them are known.
std::optional<Bounds> known_bounds(InferInputs in) {
  std::vector<ConstTensorView> values;
  for (const TypeInfo& input : in) {
    if (&input != &in[0] && input.present && !input.value) return std::nullopt;
    ConstTensorView value = input.value.value_or(ConstTensorView{});
    value.present = input.present;
    values.push_back(value);
  }
  return read_bounds(values);
}

/// Which axes may be cut, when the bounds aren't known: all, or those given.
std::vector<std::size_t> cut_axes(InferInputs in, std::size_t rank) {
  std::vector<std::int64_t> axes = first_axes(rank);
  if (is_given(in, 3)) {
    axes = known_integers(in[3]).value_or(axes);
  } else if (const auto count = known_length(in[1])) {
    axes = first_axes(*count);
  }
  return normalize_axes(axes, rank);
}

}  // namespace

Types infer(const op::Slice&, InferInputs in, std::size_t) {
  require_inputs(in, 3, 5);
  if (!in[0].shape) return {type_of(in[0].dtype, std::nullopt)};
  Shape y = *in[0].shape;
  const auto bounds = known_bounds(in);
  if (!bounds) {
    for (const std::size_t axis : cut_axes(in, y.rank())) y[axis] = kUnknownDim;
    return {type_of(in[0].dtype, y)};
  }
  const std::vector<std::size_t> axes = normalize_axes(bounds->axes, y.rank());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::int64_t& dim = y[axes[i]];
    if (dim >= 0) {
      dim = clamp_run(bounds->starts[i], bounds->ends[i], bounds->steps[i], dim).count;
    }
  }
  return {type_of(in[0].dtype, y)};
}

void compute(const op::Slice&, In in, Out out) {
  const Shape& x = in[0].shape;
  const Bounds bounds = read_bounds(in);
  const std::vector<std::size_t> axes = normalize_axes(bounds.axes, x.rank());
  const Strides own = row_major_strides(x);
  StridedPlace read = whole(x);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const IndexRun run = clamp_run(bounds.starts[i], bounds.ends[i], bounds.steps[i], x[axes[i]]);
    read.start += run.start * own[axes[i]];
    read.strides[axes[i]] *= run.step;
  }
  copy_strided(out[0].shape, size_of(out[0].dtype), in[0].data, read, out[0].data,
               whole(out[0].shape));
}

}  // namespace colonnade::reference
