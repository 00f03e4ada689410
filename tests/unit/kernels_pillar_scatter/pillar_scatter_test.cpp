#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "fails_with.hpp"
#include "run_op.hpp"

namespace colonnade {
namespace {

using testing::fails_with;
using testing::infer_op;
using testing::known_value;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

const op::PillarScatter kPlugin{op::PillarScatterForm::plugin, 2, 3};
const op::PillarScatter kScatterBev{op::PillarScatterForm::scatter_bev};

Tensor features() {
  return Tensor::of<float>({4, 2}, {1, 10, 2, 20, 3, 30, 4, 40});
}

Tensor count(std::int32_t value) {
  return Tensor::of<std::int32_t>({1}, {value});
}

// Batch, z, y, x. The third pillar falls into the first one's cell, the fourth is beyond the count.
Tensor coords() {
  return Tensor::of<std::int32_t>({4, 4}, {0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 1, 2, 0, 0, 0, 0});
}

// CUDA-PointPillars: of 10000 rows only the first voxel_num hold pillars.
TEST(PillarScatter, WritesTheCountedPillarsOnly) {
  const Tensor y = run_op(kPlugin, {features(), coords(), count(3)})[0];
  EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 3}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{0, 2, 0, 0, 0, 3, 0, 20, 0, 0, 0, 30}));
}

TEST(PillarScatter, DropsCellsOutsideOfTheImage) {
  const Tensor at =
      Tensor::of<std::int32_t>({4, 4}, {0, 0, 2, 0, 0, 0, 0, 3, 0, 0, -1, 0, 0, 0, 0, INT32_MIN});
  EXPECT_EQ(values_of<float>(run_op(kPlugin, {features(), at, count(4)})[0]),
            std::vector<float>(12, 0));
}

TEST(PillarScatter, IgnoresBatchAndHeight) {
  const Tensor at = Tensor::of<std::int32_t>({1, 4}, {7, -3, 0, 1});
  const Tensor y = run_op(kPlugin, {Tensor::of<float>({1, 2}, {5, 6}), at, count(1)})[0];
  EXPECT_EQ(y.as<float>()[1], 5);
  EXPECT_EQ(y.as<float>()[7], 6);
}

// Exports have features [P,C], [P,1,C] and, where a stale shape was believed, [P,C,1].
TEST(PillarScatter, FindsTheChannelsInEachForm) {
  for (const Shape& shape : {Shape{4, 2}, Shape{4, 1, 2}, Shape{4, 2, 1}}) {
    EXPECT_EQ(run_op(kPlugin, {features().reshaped(shape), coords(), count(3)})[0].as<float>()[11],
              30);
  }
  EXPECT_THROW(run_op(kPlugin, {features().reshaped({2, 2, 2}), coords(), count(3)}), Error);
}

TEST(PillarScatter, SaysWhatDoesNotFit) {
  for (const std::int32_t wrong : {-1, 5}) {
    EXPECT_TRUE(fails_with(
        [&] {
          run_op(kPlugin, {features(), coords(), count(wrong)});
        },
        "the count of pillars is " + std::to_string(wrong)));
  }
  EXPECT_THROW(run_op(kPlugin, {features(), Tensor(DType::i32, {3, 4}), count(3)}), Error);
  EXPECT_THROW(run_op(kPlugin, {features(), Tensor(DType::i32, {4, 3}), count(3)}), Error);
}

// ScatterBEV's numbers are uint32 in the bits of floats.
Tensor params(std::uint32_t channels, std::uint32_t pillars) {
  const std::uint32_t bits[] = {1, channels, 2, 3, pillars};
  Tensor t(DType::f32, {1, 1, 1, 5});
  std::memcpy(t.data(), bits, sizeof bits);
  return t;
}

Tensor float_coords() {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  return Tensor::of<float>({1, 1, 4, 4}, {0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 1, 2, 0, 0, kNaN, 0});
}

TEST(PillarScatter, ReadsSizesFromParams) {
  const Tensor y = run_op(kScatterBev, {features(), float_coords(), params(2, 4)})[0];
  EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 3}));
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{0, 2, 0, 0, 0, 3, 0, 20, 0, 0, 0, 30}));
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(kScatterBev, {features(), float_coords(), params(3, 4)});
      },
      "features have 2 channels, params say 3"));
  EXPECT_THROW(run_op(kScatterBev, {features(), float_coords(), params(2, UINT32_MAX)}), Error);
}

TEST(PillarScatter, InfersTheImageFromAttributesOrParams) {
  const TypeInfo x = unknown_value(DType::f32, Shape{10000, 64});
  const TypeInfo any = unknown_value(DType::f32, std::nullopt);
  EXPECT_EQ(infer_op({op::PillarScatter{{}, 496, 432}}, {x, any, any})[0].shape,
            (Shape{1, 64, 496, 432}));
  EXPECT_EQ(infer_op(kScatterBev, {x, any, any})[0].shape,
            (Shape{1, 64, kUnknownDim, kUnknownDim}));
  const Tensor known = params(2, 4);
  EXPECT_EQ(infer_op(kScatterBev, {any, any, known_value(known)})[0].shape, (Shape{1, 2, 2, 3}));
}

}  // namespace
}  // namespace colonnade
