#include "kernels/cost.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "colonnade/error.hpp"
#include "kernels/matmul/equation.hpp"

namespace colonnade {
namespace {

using Types = std::span<const TypeInfo>;

bool is_static(Types types) {
  return std::all_of(types.begin(), types.end(), [](const TypeInfo& type) {
    return !type.present || (type.shape && type.shape->is_static());
  });
}

const Shape& shape_of(Types types, std::size_t i) {
  static const Shape scalar;
  return i < types.size() && types[i].present && types[i].shape ? *types[i].shape : scalar;
}

double sum_of_elements(Types types) {
  double sum = 0;
  for (const TypeInfo& type : types) {
    if (type.present && type.shape) sum += elements_of(*type.shape);
  }
  return sum;
}

double taps_of(const op::Window& window) {
  double taps = 1;
  for (const std::int64_t size : window.kernel) taps *= static_cast<double>(size);
  return taps;
}

// Every label is a loop.
double einsum_steps(const op::Einsum& op, Types inputs) {
  std::vector<Shape> shapes;
  std::vector<std::size_t> ranks;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    shapes.push_back(shape_of(inputs, i));
    ranks.push_back(shapes.back().rank());
  }
  double steps = static_cast<double>(inputs.size());
  for (const std::int64_t extent : parse_equation(op.equation, ranks).extents(shapes)) {
    steps *= static_cast<double>(extent);
  }
  return steps;
}

// Axis by axis: what grows first and shrinks later is held at its largest in between.
double largest_between(const Shape& x, const Shape& y) {
  double elements = 1;
  for (std::size_t axis = 0; axis < std::min(x.rank(), y.rank()); ++axis) {
    elements *= static_cast<double>(std::max(x[axis], y[axis]));
  }
  return elements;
}

}  // namespace

std::optional<double> multiply_adds(const Node& node, Types inputs, Types outputs) {
  const bool conv = std::holds_alternative<op::Conv>(node.op);
  const bool quantized = std::holds_alternative<op::QLinearConv>(node.op);
  const bool transposed = std::holds_alternative<op::ConvTranspose>(node.op);
  const auto* gemm = std::get_if<op::Gemm>(&node.op);
  if (!conv && !quantized && !transposed && gemm == nullptr &&
      !std::holds_alternative<op::MatMul>(node.op)) {
    return 0;
  }
  if (!is_static(inputs) || !is_static(outputs)) return std::nullopt;
  const Shape& a = shape_of(inputs, 0);
  const double out = elements_of(shape_of(outputs, 0));
  if (conv || quantized) return out * elements_of(shape_of(inputs, conv ? 1 : 3), 1);
  if (transposed) return elements_of(a) * elements_of(shape_of(inputs, 1), 1);
  if (a.rank() == 0) return out;
  return out * static_cast<double>(a[gemm != nullptr && gemm->trans_a ? 0 : a.rank() - 1]);
}

std::optional<Cost> cost_of(const Node& node, Types inputs, Types outputs) {
  if (!is_static(inputs) || !is_static(outputs)) return std::nullopt;
  const double out = elements_of(shape_of(outputs, 0));
  Cost cost{multiply_adds(node, inputs, outputs).value_or(0) + sum_of_elements(inputs) +
                sum_of_elements(outputs),
            0};
  for (const TypeInfo& output : outputs) cost.bytes += bytes_of(output);
  if (const auto* einsum = std::get_if<op::Einsum>(&node.op)) {
    cost.operations += einsum_steps(*einsum, inputs);
  } else if (const auto* max_pool = std::get_if<op::MaxPool>(&node.op)) {
    cost.operations += out * std::min(taps_of(max_pool->window), elements_of(shape_of(inputs, 0)));
  } else if (const auto* average_pool = std::get_if<op::AveragePool>(&node.op)) {
    cost.operations +=
        out * std::min(taps_of(average_pool->window), elements_of(shape_of(inputs, 0)));
  } else if (const auto* resize = std::get_if<op::Resize>(&node.op)) {
    const double elements = largest_between(shape_of(inputs, 0), shape_of(outputs, 0));
    cost.operations += 4 * elements;
    if (resize->mode != op::ResizeMode::nearest) cost.bytes += elements * sizeof(double);
  }
  return cost;
}

double bytes_of(const TypeInfo& type) {
  if (!type.present || !type.shape || !type.shape->is_static()) return 0;
  return elements_of(*type.shape) * static_cast<double>(size_of(type.dtype));
}

double elements_of(const Shape& shape, std::size_t first) {
  double elements = 1;
  for (std::size_t axis = first; axis < shape.rank(); ++axis) {
    elements *= static_cast<double>(shape[axis]);
  }
  return elements;
}

std::string bytes_text(double bytes) {
  if (bytes < 1e6) return fmt::format("{:.0f} KB", std::ceil(bytes / 1e3));
  if (bytes < 10e6) return fmt::format("{:.2g} MB", bytes / 1e6);
  if (bytes < 1e9) return fmt::format("{:.0f} MB", std::ceil(bytes / 1e6));
  return fmt::format("{:.3g} GB", bytes / 1e9);
}

void Budget::admit(const Cost& cost) {
  if (held_ + cost.bytes > limits_.bytes) {
    throw Error(ErrorCode::limit,
                fmt::format("needs {} beside the {} that are held; a run may hold {}",
                            bytes_text(cost.bytes), bytes_text(held_), bytes_text(limits_.bytes)));
  }
  if (operations_ + cost.operations > limits_.operations) {
    throw Error(ErrorCode::limit,
                fmt::format("needs {:.3g} operations after {:.3g}; a run may take {:.3g}",
                            cost.operations, operations_, limits_.operations));
  }
  operations_ += cost.operations;
}

}  // namespace colonnade
