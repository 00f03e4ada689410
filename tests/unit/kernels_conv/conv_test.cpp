#include <gtest/gtest.h>

#include <random>

#include "fails_with.hpp"
#include "run_op.hpp"
#include "tensors.hpp"

namespace colonnade {
namespace {

using op::AutoPad;
using testing::fails_with;
using testing::infer_op;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

Tensor conv(const op::Conv& op, const std::vector<Tensor>& inputs) {
  return run_op(op, inputs)[0];
}

// ONNX's example: a 3x3 box over 5x5.
TEST(Conv, SumsItsWindow) {
  const Tensor x = counted({1, 1, 5, 5}), w = ones({1, 1, 3, 3});
  EXPECT_EQ(values_of<float>(conv({}, {x, w})),
            (std::vector<float>{54, 63, 72, 99, 108, 117, 144, 153, 162}));
  const Tensor padded = conv({{{3, 3}, {2, 2}, {1, 1, 1, 1}, {}}, 1}, {x, w});
  EXPECT_EQ(values_of<float>(padded), (std::vector<float>{12, 27, 24, 63, 108, 81, 72, 117, 84}));
}

TEST(Conv, PadsEachSideByItsOwn) {
  const op::Conv op{{{}, {2, 2}, {1, 0, 1, 0}, {}}, 1};  // Rows only.
  const Tensor y = conv(op, {counted({1, 1, 7, 5}), ones({1, 1, 3, 3})});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 4, 2}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{21, 33, 99, 117, 189, 207, 171, 183}));
}

TEST(Conv, PadsAutomatically) {
  const Tensor x = counted({1, 1, 4}), w = ones({1, 1, 2});
  const auto padded = [&](AutoPad pad, std::int64_t stride) {
    return values_of<float>(conv({{{}, {stride}, {}, {}, pad}, 1}, {x, w}));
  };
  EXPECT_EQ(padded(AutoPad::same_upper, 1), (std::vector<float>{1, 3, 5, 3}));
  EXPECT_EQ(padded(AutoPad::same_lower, 1), (std::vector<float>{0, 1, 3, 5}));
  EXPECT_EQ(padded(AutoPad::same_upper, 3), (std::vector<float>{1, 3}));
  EXPECT_EQ(padded(AutoPad::valid, 1), (std::vector<float>{1, 3, 5}));
}

// SmallMunich's PFN ends with Conv (1,34), dilation (1,3): the 100 point slots become one.
TEST(Conv, DilatesOverPointSlots) {
  const op::Conv op{{{1, 34}, {}, {}, {1, 3}}, 1};
  const Tensor y = conv(op, {counted({1, 1, 2, 100}), ones({1, 1, 1, 34})});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 2, 1}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1683, 1683 + 3400}));
}

TEST(Conv, KeepsGroupsApartAndAddsBias) {
  const Tensor x = Tensor::of<float>({1, 2, 2}, {1, 2, 3, 4});
  const Tensor w = Tensor::of<float>({4, 1, 1}, {1, 10, 100, 1000});
  const Tensor y = conv({{}, 2}, {x, w, Tensor::of<float>({4}, {0.5f, 0, 0, 0})});
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1.5f, 2.5f, 10, 20, 300, 400, 3000, 4000}));
}

TEST(Conv, OfNoPillarsIsEmpty) {
  const Tensor y = conv({}, {Tensor(DType::f32, {1, 9, 0, 100}), ones({64, 9, 1, 1})});
  EXPECT_EQ(y.shape(), (Shape{1, 64, 0, 100}));
}

TEST(Conv, RoundsHalvesOnce) {
  // 2048 + 1 isn't a half, their sum with another 1 is.
  const Tensor x = Tensor::of<Float16>({1, 3, 1}, {Float16(2048.0), Float16(1.0), Float16(1.0)});
  const Tensor w = Tensor::of<Float16>({1, 3, 1}, {Float16(1.0), Float16(1.0), Float16(1.0)});
  EXPECT_EQ(static_cast<double>(conv({}, {x, w}).as<Float16>()[0]), 2050);
}

TEST(Conv, SaysWhatDoesNotFit) {
  const Tensor x = counted({1, 4, 5, 5});
  EXPECT_TRUE(fails_with([&] { conv({}, {x, ones({2, 3, 3, 3})}); }, "has 4 channels"));
  EXPECT_TRUE(fails_with(
      [&] {
        conv({}, {x, ones({2, 4, 6, 1})});
      },
      "a window over 6 elements doesn't fit in 5 elements"));
  EXPECT_TRUE(fails_with([&] { conv({{}, 3}, {x, ones({2, 4, 1, 1})}); }, "into 3 groups"));
  EXPECT_TRUE(fails_with(
      [&] {
        conv({{{2, 2}, {}, {}, {}}, 1}, {x, ones({2, 4, 3, 3})});
      },
      "kernel_shape holds 2 where the weights' shape has 3"));
  EXPECT_THROW(conv({{{}, {0, 1}, {}, {}}, 1}, {x, ones({2, 4, 1, 1})}), Error);
  EXPECT_THROW(conv({{{}, {1}, {}, {}}, 1}, {x, ones({2, 4, 1, 1})}), Error);
  EXPECT_THROW(conv({{{}, {}, {-1, 0, 0, 0}, {}}, 1}, {x, ones({2, 4, 1, 1})}), Error);
  EXPECT_THROW(conv({}, {x, ones({2, 4, 1, 1}), ones({3})}), Error);
  EXPECT_THROW(conv({{}, 0}, {x, ones({2, 4, 1, 1})}), Error);
  // Sizes that nobody has: refused before anything is computed or allocated.
  EXPECT_THROW(conv({{{}, {}, {INT64_MAX, 0, 0, 0}, {}}, 1}, {x, ones({2, 4, 1, 1})}), Error);
  EXPECT_THROW(conv({{{}, {}, {}, {INT64_MAX, 1}}, 1}, {x, ones({2, 4, 2, 1})}), Error);
}

TEST(Conv, InfersThroughUnknownDims) {
  const TypeInfo w = unknown_value(DType::f32, Shape{64, 9, 1, 1});
  const TypeInfo x = unknown_value(DType::f32, Shape{1, 9, kUnknownDim, 100});
  EXPECT_EQ(infer_op(op::Conv{}, {x, w})[0].shape, (Shape{1, 64, kUnknownDim, 100}));
  EXPECT_FALSE(infer_op(op::Conv{}, {unknown_value(DType::f32, std::nullopt), w})[0].shape);
}

// The definition of ONNX, written out: every output by itself, every tap by its coordinates.
double defined_output(const op::Window& window, std::int64_t group, const Tensor& x,
                      const Tensor& w, std::int64_t m, const std::vector<std::int64_t>& at) {
  const Shape& xs = x.shape();
  const Shape& ws = w.shape();
  double sum = 0;
  for (std::size_t k = 0; k < w.elements() / static_cast<std::size_t>(ws[0]); ++k) {
    auto rest = static_cast<std::int64_t>(k);
    std::vector<std::int64_t> place(xs.rank());
    bool inside = true;
    for (std::size_t axis = xs.rank(); axis-- > 2;) {
      const std::size_t s = axis - 2;
      place[axis] =
          at[s] * window.strides[s] - window.pads[s] + rest % ws[axis] * window.dilations[s];
      inside = inside && place[axis] >= 0 && place[axis] < xs[axis];
      rest /= ws[axis];
    }
    if (!inside) continue;
    place[1] = m / (ws[0] / group) * ws[1] + rest;
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < xs.rank(); ++axis) offset = offset * xs[axis] + place[axis];
    sum += static_cast<double>(x.as<float>()[offset]) *
           static_cast<double>(w.as<float>()[m * static_cast<std::int64_t>(w.elements()) / ws[0] +
                                             static_cast<std::int64_t>(k)]);
  }
  return sum;
}

TEST(Conv, EqualsItsDefinitionOnRandomShapes) {
  std::mt19937 random(7);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<unsigned>(high - low + 1));
  };
  for (int round = 0; round < 60; ++round) {
    const auto rank = static_cast<std::size_t>(pick(1, 3));
    const std::int64_t group = pick(1, 2), channels = pick(1, 2);
    Shape xs{1, group * channels}, ws{group * pick(1, 2), channels};
    op::Window window;
    window.pads.resize(2 * rank);
    for (std::int64_t& pad : window.pads) pad = pick(0, 2);
    for (std::size_t s = 0; s < rank; ++s) {
      window.strides.push_back(pick(1, 3));
      window.dilations.push_back(pick(1, 2));
      ws.push_back(pick(1, 3));
      xs.push_back(pick(5, 7));
    }
    Tensor x(DType::f32, xs), w(DType::f32, ws);
    for (Tensor* t : {&x, &w}) {
      for (std::size_t i = 0; i < t->elements(); ++i) {
        t->as<float>()[i] = static_cast<float>(pick(-8, 8));  // Sums of these are exact.
      }
    }
    const Tensor y = conv({window, group}, {x, w});
    ASSERT_EQ(y.shape().rank(), rank + 2);
    for (std::size_t i = 0; i < y.elements(); ++i) {
      auto rest = static_cast<std::int64_t>(i);
      std::vector<std::int64_t> at(rank);
      for (std::size_t s = rank; s-- > 0;) {
        at[s] = rest % y.shape()[s + 2];
        rest /= y.shape()[s + 2];
      }
      ASSERT_EQ(y.as<float>()[i], defined_output(window, group, x, w, rest, at))
          << "x " << xs.to_string() << " w " << ws.to_string() << " output " << i;
    }
  }
}

}  // namespace
}  // namespace colonnade
