#include <gtest/gtest.h>

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

Tensor transposed(const op::ConvTranspose& op, const std::vector<Tensor>& inputs) {
  return run_op(op, inputs)[0];
}

TEST(ConvTranspose, SpreadsItsWindow) {
  // ONNX's example.
  EXPECT_EQ(values_of<float>(transposed({}, {counted({1, 1, 3, 3}), ones({1, 1, 3, 3})})),
            (std::vector<float>{0,  1,  3, 3,  2,  3,  8,  15, 12, 7,  9,  21, 36,
                                27, 15, 9, 20, 33, 24, 13, 6,  13, 21, 15, 8}));
}

// The upsampling of every PointPillars backbone: kernel = stride, windows side by side.
TEST(ConvTranspose, UpsamplesByItsStride) {
  const Tensor w = Tensor::of<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  const Tensor y =
      transposed({{{2, 2}, {2, 2}, {}, {}}, 1, {}, {}},
                 {Tensor::of<float>({1, 1, 1, 2}, {1, 10}), w, Tensor::of<float>({1}, {0.5f})});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 2, 4}));
  EXPECT_EQ(values_of<float>(y),
            (std::vector<float>{1.5f, 2.5f, 10.5f, 20.5f, 3.5f, 4.5f, 30.5f, 40.5f}));
}

TEST(ConvTranspose, CutsPadsAndAddsOutputPadding) {
  const Tensor x = Tensor::of<float>({1, 1, 3}, {1, 2, 3}), w = ones({1, 1, 3});
  // Stride 2 spreads to 1 1 3 2 5 3 3.
  EXPECT_EQ(values_of<float>(transposed({{{}, {2}, {}, {}}, 1, {}, {}}, {x, w})),
            (std::vector<float>{1, 1, 3, 2, 5, 3, 3}));
  EXPECT_EQ(values_of<float>(transposed({{{}, {2}, {1, 2}, {}}, 1, {}, {}}, {x, w})),
            (std::vector<float>{1, 3, 2, 5}));
  EXPECT_EQ(values_of<float>(transposed({{{}, {2}, {1, 2}, {}}, 1, {1}, {}}, {x, w})),
            (std::vector<float>{1, 3, 2, 5, 3}));
}

TEST(ConvTranspose, ReachesTheSizeThatIsAsked) {
  const Tensor x = Tensor::of<float>({1, 1, 3}, {1, 2, 3}), w = ones({1, 1, 3});
  const auto sized = [&](AutoPad pad, std::vector<std::int64_t> size) {
    return values_of<float>(transposed({{{}, {2}, {}, {}, pad}, 1, {}, std::move(size)}, {x, w}));
  };
  EXPECT_EQ(sized(AutoPad::same_upper, {}), (std::vector<float>{1, 1, 3, 2, 5, 3}));
  EXPECT_EQ(sized(AutoPad::same_lower, {}), (std::vector<float>{1, 3, 2, 5, 3, 3}));
  EXPECT_EQ(sized(AutoPad::not_set, {5}), (std::vector<float>{1, 3, 2, 5, 3}));
  EXPECT_EQ(sized(AutoPad::not_set, {9}), (std::vector<float>{1, 1, 3, 2, 5, 3, 3, 0, 0}));
}

TEST(ConvTranspose, KeepsGroupsApartAndDilates) {
  const Tensor x = Tensor::of<float>({1, 2, 1}, {1, 2});
  const Tensor w = Tensor::of<float>({2, 2, 2}, {1, 10, 2, 20, 3, 30, 4, 40});
  const Tensor y = transposed({{{}, {}, {}, {2}}, 2, {}, {}}, {x, w});
  EXPECT_EQ(y.shape(), (Shape{1, 4, 3}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1, 0, 10, 2, 0, 20, 6, 0, 60, 8, 0, 80}));
}

TEST(ConvTranspose, WorksInThreeDimensions) {
  const Tensor y = transposed({}, {ones({1, 1, 1, 2, 1}), ones({1, 1, 2, 2, 1})});
  EXPECT_EQ(y.shape(), (Shape{1, 1, 2, 3, 1}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1, 2, 1, 1, 2, 1}));
}

TEST(ConvTranspose, SaysWhatDoesNotFit) {
  const Tensor x = counted({1, 2, 3});
  EXPECT_TRUE(fails_with(
      [&] {
        transposed({}, {x, ones({3, 1, 1})});
      },
      "weights [3,1,1] expect 3"));
  EXPECT_TRUE(fails_with([&] { transposed({{}, 3, {}, {}}, {x, ones({2, 1, 1})}); }, "3 groups"));
  EXPECT_TRUE(fails_with(
      [&] {
        transposed({{{}, {}, {9, 9}, {}}, 1, {}, {}}, {x, ones({2, 1, 1})});
      },
      "pads 9 + 9 exceed"));
  EXPECT_THROW(transposed({{}, 1, {}, {-5}}, {x, ones({2, 1, 1})}), Error);
}

TEST(ConvTranspose, InfersThroughUnknownDims) {
  const op::ConvTranspose op{{{2, 2}, {2, 2}, {}, {}}, 1, {}, {}};
  const auto y = infer_op(op, {unknown_value(DType::f32, Shape{1, 64, kUnknownDim, 108}),
                               unknown_value(DType::f32, Shape{64, 128, 2, 2})});
  EXPECT_EQ(y[0].shape, (Shape{1, 128, kUnknownDim, 216}));
}

Tensor batch_norm(const Tensor& x) {
  const auto two = [](float a, float b) { return Tensor::of<float>({2}, {a, b}); };
  return run_op(op::BatchNorm{0}, {x, two(1, 2), two(0, 1), two(10, 20), two(4, 0.25f)})[0];
}

// OpenPCDet's PFN normalizes [P,C] as well as [P,C,N].
TEST(BatchNorm, NormalizesTheSecondDim) {
  EXPECT_EQ(values_of<float>(batch_norm(Tensor::of<float>({2, 2}, {12, 20, 8, 21}))),
            (std::vector<float>{1, 1, -1, 5}));
  EXPECT_EQ(values_of<float>(batch_norm(Tensor::of<float>({1, 2, 2}, {12, 8, 20, 21}))),
            (std::vector<float>{1, -1, 1, 5}));
  EXPECT_EQ(batch_norm(Tensor(DType::f32, {0, 2, 4})).shape(), (Shape{0, 2, 4}));
  EXPECT_THROW(batch_norm(Tensor(DType::f32, {1, 3})), Error);
}

}  // namespace
}  // namespace colonnade
