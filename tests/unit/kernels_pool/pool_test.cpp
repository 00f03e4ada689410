#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fails_with.hpp"
#include "run_op.hpp"

namespace colonnade {
namespace {

using op::AutoPad;
using testing::fails_with;
using testing::infer_op;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

Tensor counted(const Shape& shape) {
  Tensor t(DType::f32, shape);
  for (std::size_t i = 0; i < t.elements(); ++i) t.as<float>()[i] = static_cast<float>(i + 1);
  return t;
}

TEST(MaxPool, TakesTheGreatestAndItsPlace) {
  const auto y = run_op(op::MaxPool{{{2, 2}, {2, 2}, {}, {}}}, {counted({1, 2, 4, 4})}, 2);
  EXPECT_EQ(y[0].shape(), (Shape{1, 2, 2, 2}));
  EXPECT_EQ(values_of<float>(y[0]), (std::vector<float>{6, 8, 14, 16, 22, 24, 30, 32}));
  // Numbered through the whole tensor, without padding.
  EXPECT_EQ(values_of<std::int64_t>(y[1]),
            (std::vector<std::int64_t>{5, 7, 13, 15, 21, 23, 29, 31}));
}

TEST(MaxPool, NumbersByColumnIfAsked) {
  const Tensor x = counted({1, 1, 2, 3});
  const auto y = run_op(op::MaxPool{{{2, 2}, {}, {}, {}}, false, 1}, {x}, 2);
  EXPECT_EQ(values_of<std::int64_t>(y[1]), (std::vector<std::int64_t>{3, 5}));
}

TEST(MaxPool, PaddingNeverWins) {
  const Tensor x = Tensor::of<float>({1, 1, 2}, {-5, -3});
  EXPECT_EQ(values_of<float>(run_op(op::MaxPool{{{3}, {}, {1, 1}, {}}}, {x})[0]),
            (std::vector<float>{-3, -3}));
}

// A window that would start in the padding at the end is left out, as in PyTorch.
TEST(MaxPool, RoundsUpToWindowsThatStartInside) {
  const Tensor x = Tensor::of<float>({1, 1, 4}, {1, 2, 3, 4});
  const auto pooled = [&](op::Window window) {
    return values_of<float>(run_op(op::MaxPool{std::move(window), true}, {x})[0]);
  };
  EXPECT_EQ(pooled({{3}, {2}, {}, {}}), (std::vector<float>{3, 4}));
  EXPECT_EQ(pooled({{1}, {2}, {0, 1}, {}}), (std::vector<float>{1, 3}));
}

TEST(MaxPool, DilatesPadsAutomaticallyAndTakesIntegers) {
  const Tensor x = Tensor::of<std::int8_t>({1, 1, 5}, {1, -2, 3, -4, -128});
  const auto pooled = [&](op::Window window) {
    return values_of<std::int8_t>(run_op(op::MaxPool{std::move(window)}, {x})[0]);
  };
  EXPECT_EQ(pooled({{2}, {}, {}, {3}}), (std::vector<std::int8_t>{1, -2}));
  EXPECT_EQ(pooled({{2}, {2}, {}, {}, AutoPad::same_upper}),
            (std::vector<std::int8_t>{1, 3, -128}));
  EXPECT_EQ(pooled({{2}, {2}, {}, {}, AutoPad::same_lower}), (std::vector<std::int8_t>{1, 3, -4}));
}

TEST(MaxPool, FindsNaN) {
  const Tensor x = Tensor::of<float>({1, 1, 3}, {1, std::numeric_limits<float>::quiet_NaN(), 2});
  EXPECT_TRUE(std::isnan(values_of<float>(run_op(op::MaxPool{{{3}, {}, {}, {}}}, {x})[0])[0]));
}

TEST(MaxPool, SaysWhatDoesNotFit) {
  EXPECT_TRUE(fails_with(
      [] {
        run_op(op::MaxPool{{{9, 1}, {}, {}, {}}}, {counted({1, 1, 4, 4})});
      },
      "a window over 9 elements doesn't fit"));
  EXPECT_THROW(run_op(op::MaxPool{{{2}, {}, {}, {}}}, {counted({4, 4})}), Error);
  EXPECT_THROW(run_op(op::MaxPool{{{1, 1, 1, 1}, {}, {}, {}}}, {counted({1, 1, 1, 1, 1, 1})}),
               Error);
}

std::vector<float> averaged(const op::AveragePool& op, const Tensor& x) {
  return values_of<float>(run_op(op, {x})[0]);
}

TEST(AveragePool, CountsPaddingOnlyIfAsked) {
  const Tensor x = Tensor::of<float>({1, 1, 3}, {3, 6, 9});
  EXPECT_EQ(averaged({{{3}, {}, {1, 1}, {}}}, x), (std::vector<float>{4.5f, 6, 7.5f}));
  EXPECT_EQ(averaged({{{3}, {}, {1, 1}, {}}, false, true}, x), (std::vector<float>{3, 6, 5}));
}

TEST(AveragePool, NeverCountsWhatCeilModeAdds) {
  const Tensor x = Tensor::of<float>({1, 1, 4}, {3, 6, 9, 12});
  // Windows at -1, 2; the second reaches one past the padding's end.
  EXPECT_EQ(averaged({{{4}, {3}, {1, 0}, {}}, true, true}, x), (std::vector<float>{4.5f, 10.5f}));
  EXPECT_EQ(averaged({{{4}, {3}, {1, 0}, {}}, true, false}, x), (std::vector<float>{6, 10.5f}));
}

TEST(AveragePool, Dilates) {
  const Tensor x = Tensor::of<float>({1, 1, 4}, {1, 2, 5, 8});
  EXPECT_EQ(averaged({{{2}, {}, {}, {2}}}, x), (std::vector<float>{3, 5}));
  EXPECT_EQ(averaged({{{2}, {}, {1, 1}, {2}}, false, true}, x),
            (std::vector<float>{1, 3, 5, 2.5f}));
}

TEST(GlobalPool, LeavesOneElementAPlane) {
  const Tensor x = counted({1, 2, 2, 2});
  const Tensor mean = run_op(op::GlobalPool{false}, {x})[0];
  EXPECT_EQ(mean.shape(), (Shape{1, 2, 1, 1}));
  EXPECT_EQ(values_of<float>(mean), (std::vector<float>{2.5f, 6.5f}));
  EXPECT_EQ(values_of<float>(run_op(op::GlobalPool{true}, {x})[0]), (std::vector<float>{4, 8}));
}

TEST(Pool, InfersThroughUnknownDims) {
  const TypeInfo x = unknown_value(DType::f32, Shape{kUnknownDim, 8, kUnknownDim, 9});
  const op::Window window{{3, 3}, {2, 2}, {1, 1, 1, 1}, {}};
  const auto y = infer_op(op::MaxPool{window}, {x}, 2);
  EXPECT_EQ(y[0].shape, (Shape{kUnknownDim, 8, kUnknownDim, 5}));
  EXPECT_EQ(y[1].dtype, DType::i64);
  EXPECT_EQ(infer_op(op::GlobalPool{}, {x})[0].shape, (Shape{kUnknownDim, 8, 1, 1}));
}

}  // namespace
}  // namespace colonnade
