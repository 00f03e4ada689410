#include "verify/tensor_error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/widen.hpp"

namespace colonnade {
namespace {

/// |a - b|; 0 where both are NaN or the same infinity, infinite where one is.
double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double d = std::abs(a - b);
  return std::isnan(d) ? std::numeric_limits<double>::infinity() : d;
}

}  // namespace

TensorError compare_tensors(const ConstTensorView& a, const ConstTensorView& b,
                            const Tolerance& tolerance) {
  TensorError error;
  if (a.dtype != b.dtype || !(a.shape == b.shape)) {
    error.mismatch = fmt::format("{}{} against {}{}", name_of(a.dtype), a.shape.to_string(),
                                 name_of(b.dtype), b.shape.to_string());
    return error;
  }
  const std::vector<double> left = to_doubles(a), right = to_doubles(b);
  error.elements = static_cast<std::int64_t>(left.size());
  double dot = 0, squares_a = 0, squares_b = 0, nonzero = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const double d = distance(left[i], right[i]), size = std::abs(right[i]);
    if (d > error.max_abs) {
      error.max_abs = d;
      error.worst = static_cast<std::int64_t>(i);
    }
    error.mean_abs += d;
    if (size > 0) {
      error.max_rel = std::max(error.max_rel, d / size);
      error.mean_rel += d / size;
      ++nonzero;
    }
    const double allowed = tolerance.atol + tolerance.rtol * size;
    if (d > 0 && !(d <= allowed)) ++error.outside;
    if (!std::isfinite(left[i]) || !std::isfinite(right[i])) continue;
    dot += left[i] * right[i];
    squares_a += left[i] * left[i];
    squares_b += right[i] * right[i];
  }
  if (!left.empty()) {
    error.mean_abs /= static_cast<double>(left.size());
    error.worst_a = left[static_cast<std::size_t>(error.worst)];
    error.worst_b = right[static_cast<std::size_t>(error.worst)];
  }
  if (nonzero > 0) error.mean_rel /= nonzero;
  if (squares_a > 0 && squares_b > 0) {
    error.cosine = std::min(1.0, dot / std::sqrt(squares_a * squares_b));
  } else {
    error.cosine = squares_a == squares_b ? 1 : 0;
  }
  return error;
}

}  // namespace colonnade
