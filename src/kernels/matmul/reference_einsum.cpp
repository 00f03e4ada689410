#include "kernels/elementwise/rules.hpp"
#include "kernels/matmul/equation.hpp"
#include "kernels/matmul/product.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/strides.hpp"
#include "kernels/type_rules.hpp"
#include "kernels/widen.hpp"

namespace colonnade::reference {
namespace {

EinsumEquation equation_for(const op::Einsum& op, std::span<const Shape> shapes) {
  std::vector<std::size_t> ranks;
  for (const Shape& shape : shapes) ranks.push_back(shape.rank());
  return parse_equation(op.equation, ranks);
}

Shape extents_of(const Term& term, const std::vector<std::int64_t>& extents) {
  Shape shape;
  for (const Label label : term) shape.push_back(extents[label]);
  return shape;
}

// Counts through the labels of a term, as many as there are, and keeps one offset an operand.
class LabelLoop {
 public:
  LabelLoop(const EinsumEquation& equation, const Term& term, std::span<const Shape> shapes,
            const std::vector<std::int64_t>& extents)
      : index_(term.size()), offsets_(shapes.size()) {
    for (const Label label : term) {
      extents_.push_back(extents[label]);
      std::vector<std::int64_t> steps(shapes.size());
      for (std::size_t i = 0; i < shapes.size(); ++i) {
        const Strides strides = row_major_strides(shapes[i]);
        for (std::size_t axis = 0; axis < shapes[i].rank(); ++axis) {
          // A letter that an operand repeats walks its diagonal: the strides add up.
          if (equation.operands[i][axis] == label && shapes[i][axis] != 1) {
            steps[i] += strides[axis];
          }
        }
      }
      steps_.push_back(std::move(steps));
    }
  }

  bool empty() const {
    for (const std::int64_t extent : extents_) {
      if (extent == 0) return true;
    }
    return false;
  }
  std::int64_t offset(std::size_t operand) const { return offsets_[operand]; }

  // False after the last index, back at the first.
  bool next() {
    for (std::size_t axis = index_.size(); axis-- > 0;) {
      const bool wraps = ++index_[axis] == extents_[axis];
      const std::int64_t times = wraps ? 1 - extents_[axis] : 1;
      for (std::size_t i = 0; i < offsets_.size(); ++i) offsets_[i] += times * steps_[axis][i];
      if (!wraps) return true;
      index_[axis] = 0;
    }
    return false;
  }

 private:
  std::vector<std::int64_t> extents_, index_, offsets_;
  std::vector<std::vector<std::int64_t>> steps_;  // By label, then operand.
};

template <typename W>
W sum_of_products(const std::vector<std::vector<W>>& x, const LabelLoop& at, LabelLoop& summed) {
  W sum{0};
  if (summed.empty()) return sum;
  do {
    W product{1};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const W value = x[i][static_cast<std::size_t>(at.offset(i) + summed.offset(i))];
      product = multiply_add(W{0}, product, value);
    }
    sum = multiply_add(sum, product, W{1});
  } while (summed.next());
  return sum;
}

}  // namespace

Types infer(const op::Einsum& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, in.size());
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < in.size(); ++i) {
    require_same_type(in, 0, i);
    require_number(in[i]);
    if (in[i].shape) shapes.push_back(*in[i].shape);
  }
  if (shapes.size() < in.size()) return {type_of(in[0].dtype, std::nullopt)};
  const EinsumEquation equation = equation_for(op, shapes);
  return {type_of(in[0].dtype, extents_of(equation.output, equation.extents(shapes)))};
}

void compute(const op::Einsum& op, In in, Out out) {
  std::vector<Shape> shapes;
  for (const ConstTensorView& x : in) shapes.push_back(x.shape);
  const EinsumEquation equation = equation_for(op, shapes);
  const std::vector<std::int64_t> extents = equation.extents(shapes);
  dispatch(out[0].dtype, [&]<typename T>(TypeTag<T>) {
    std::vector<std::vector<Wide<T>>> x;
    for (const ConstTensorView& operand : in) x.push_back(widen<T>(operand));
    LabelLoop at(equation, equation.output, shapes, extents);
    LabelLoop summed(equation, equation.summed, shapes, extents);
    if (at.empty()) return;
    T* y = out[0].as<T>();
    do {
      *y++ = static_cast<T>(sum_of_products(x, at, summed));
    } while (at.next());
  });
}

}  // namespace colonnade::reference
