// Expected values are onnxruntime's unless another source is named.
#include <gtest/gtest.h>

#include "fails_with.hpp"
#include "run_op.hpp"

namespace colonnade {
namespace {

using op::NearestMode;
using op::ResizeCoordinates;
using op::ResizeMode;
using testing::fails_with;
using testing::infer_op;
using testing::known_value;
using testing::run_op;
using testing::unknown_value;
using testing::values_of;

Tensor row(std::initializer_list<float> values) {
  return Tensor::of<float>({1, 1, 1, static_cast<std::int64_t>(values.size())}, values);
}

Tensor sizes(std::initializer_list<std::int64_t> values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

Tensor scales(std::initializer_list<float> values) {
  return Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values);
}

op::Resize resize(ResizeMode mode, ResizeCoordinates coordinates = ResizeCoordinates::half_pixel) {
  op::Resize op;
  op.mode = mode;
  op.coordinates = coordinates;
  return op;
}

Tensor to_width(const op::Resize& op, const Tensor& x, std::int64_t width) {
  return run_op(op, {x, Tensor(), Tensor(), sizes({1, 1, 1, width})})[0];
}

void expect_near(const Tensor& y, const std::vector<float>& expected) {
  const std::vector<float> found = values_of<float>(y);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5f) << i;
}

struct CoordinateCase {
  ResizeCoordinates coordinates;
  std::vector<float> linear, cubic;
};

TEST(Resize, InterpolatesInEveryCoordinateMode) {
  const Tensor x = row({1, 2, 4, 8});
  const std::vector<float> linear{1, 1.3571429f, 1.9285715f, 3, 4.285714f, 6.5714283f, 8};
  const std::vector<float> cubic{0.9007838f, 1.2177477f, 1.8504f,  2.71875f,
                                 4.321247f,  6.760023f,  8.396862f};
  const CoordinateCase cases[] = {
      {ResizeCoordinates::half_pixel, linear, cubic},
      {ResizeCoordinates::half_pixel_symmetric, linear, cubic},
      {ResizeCoordinates::pytorch_half_pixel, linear, cubic},
      {ResizeCoordinates::align_corners,
       {1, 1.5f, 2, 3, 4, 6, 8},
       {1, 1.3125f, 2, 2.71875f, 4, 6.1875f, 8}},
      {ResizeCoordinates::asymmetric,
       {1, 1.5714285f, 2.2857144f, 3.4285715f, 5.1428576f, 7.4285717f, 8},
       {1, 1.3702627f, 2.2682223f, 3.0787158f, 5.274054f, 7.5422726f, 8.4198256f}},
  };
  for (const CoordinateCase& c : cases) {
    SCOPED_TRACE(static_cast<int>(c.coordinates));
    expect_near(to_width(resize(ResizeMode::linear, c.coordinates), x, 7), c.linear);
    expect_near(to_width(resize(ResizeMode::cubic, c.coordinates), x, 7), c.cubic);
  }
}

TEST(Resize, RenormalizesWithoutWhatLiesOutside) {
  op::Resize op = resize(ResizeMode::cubic);
  op.exclude_outside = true;
  op.cubic_coefficient = -0.5f;
  expect_near(to_width(op, row({1, 2, 4, 8}), 7),
              {0.9206729f, 1.2256917f, 1.8932924f, 2.8125f, 4.2425008f, 6.868148f, 8.317307f});
}

TEST(Resize, CoversAllInputsWhenAntialiasing) {
  op::Resize op = resize(ResizeMode::linear);
  op.antialias = true;
  // Triangles of half width 2 around 0.5 and 2.5, edges repeated as ONNX's reference does:
  // (3 * 1 + 3 * 2 + 4 + 1 * 1) / 8 = 1.75, (8 + 2 + 3 * 4 + 3 * 8) / 8 = 5.75.
  expect_near(to_width(op, row({1, 2, 4, 8}), 2), {1.75f, 5.75f});
}

TEST(Resize, PicksTheNearest) {
  const Tensor x = row({0, 1, 2, 3, 4});
  const auto nearest = [&](NearestMode mode, ResizeCoordinates coordinates) {
    op::Resize op = resize(ResizeMode::nearest, coordinates);
    op.nearest = mode;
    return values_of<float>(to_width(op, x, 10));
  };
  const auto asymmetric = ResizeCoordinates::asymmetric;
  EXPECT_EQ(nearest(NearestMode::round_prefer_floor, asymmetric),
            (std::vector<float>{0, 0, 1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(nearest(NearestMode::round_prefer_ceil, asymmetric),
            (std::vector<float>{0, 1, 1, 2, 2, 3, 3, 4, 4, 4}));
  EXPECT_EQ(nearest(NearestMode::floor, ResizeCoordinates::half_pixel),
            (std::vector<float>{0, 0, 0, 1, 1, 2, 2, 3, 3, 4}));
  EXPECT_EQ(nearest(NearestMode::ceil, ResizeCoordinates::align_corners),
            (std::vector<float>{0, 1, 1, 2, 2, 3, 3, 4, 4, 4}));
}

// In double, 3 / float(1/3) falls just short of 9, and floor picks the neighbour before.
TEST(Resize, ComputesCoordinatesInFloat) {
  Tensor x(DType::f32, {1, 1, 1, 30});
  for (int i = 0; i < 30; ++i) x.as<float>()[i] = static_cast<float>(i);
  op::Resize op = resize(ResizeMode::nearest, ResizeCoordinates::asymmetric);
  op.nearest = NearestMode::floor;
  const Tensor y = run_op(op, {x, Tensor(), scales({1, 1, 1, 1.0f / 3})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{0, 3, 6, 9, 12, 15, 18, 21, 24, 27}));
}

// The formula of the standard: outputs lie at 0.75, 1.75, 2.75 and, outside, 3.75.
TEST(Resize, CropsAndExtrapolates) {
  op::Resize op = resize(ResizeMode::linear, ResizeCoordinates::tf_crop_and_resize);
  op.extrapolation_value = -1;
  op.axes = {3};
  const Tensor roi = Tensor::of<float>({2}, {0.25f, 1.25f});
  expect_near(run_op(op, {row({1, 2, 4, 8}), roi, Tensor(), sizes({4})})[0], {1.75f, 3.5f, 7, -1});
  op.mode = ResizeMode::nearest;
  expect_near(run_op(op, {row({1, 2, 4, 8}), roi, Tensor(), sizes({4})})[0], {2, 4, 8, -1});
  EXPECT_THROW(run_op(op, {row({1, 2, 4, 8}), Tensor(), Tensor(), sizes({4})}), Error);
}

TEST(Resize, KeepsTheAspectIfAsked) {
  op::Resize op = resize(ResizeMode::nearest);
  op.axes = {2, 3};
  const Tensor x(DType::f32, {1, 1, 2, 4});
  op.aspect = op::AspectPolicy::not_larger;
  EXPECT_EQ(run_op(op, {x, Tensor(), Tensor(), sizes({7, 8})})[0].shape(), (Shape{1, 1, 4, 8}));
  op.aspect = op::AspectPolicy::not_smaller;
  EXPECT_EQ(run_op(op, {x, Tensor(), Tensor(), sizes({7, 8})})[0].shape(), (Shape{1, 1, 7, 14}));
}

TEST(Resize, InterpolatesOverTwoAxes) {
  const Tensor x = Tensor::of<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  const Tensor y = run_op(resize(ResizeMode::linear, ResizeCoordinates::align_corners),
                          {x, Tensor(), Tensor(), sizes({1, 1, 3, 3})})[0];
  expect_near(y, {1, 1.5f, 2, 2, 2.5f, 3, 3, 3.5f, 4});
}

// PyTorch's exporter writes absent roi and scales as tensors without elements.
TEST(Resize, TakesEmptyInputsAsAbsent) {
  const Tensor none(DType::f32, {0});
  const Tensor y =
      run_op(resize(ResizeMode::nearest), {row({1, 2}), none, none, sizes({1, 1, 1, 4})})[0];
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{1, 1, 2, 2}));
}

TEST(Resize, CopiesAnyTypeByNearest) {
  const Tensor x = Tensor::of<std::int64_t>({2}, {INT64_MAX, INT64_MIN});
  const Tensor y = run_op(resize(ResizeMode::nearest), {x, Tensor(), scales({2})})[0];
  EXPECT_EQ(values_of<std::int64_t>(y),
            (std::vector<std::int64_t>{INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN}));
}

TEST(Resize, SaysWhatIsWrong) {
  const Tensor x = row({1, 2});
  const op::Resize op = resize(ResizeMode::linear);
  EXPECT_TRUE(fails_with([&] { run_op(op, {x}); }, "either scales or sizes"));
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op, {x, Tensor(), scales({1, 1})});
      },
      "expected 4 scales, found 2"));
  EXPECT_TRUE(fails_with(
      [&] {
        run_op(op, {x, Tensor(), scales({1, 1, 1, -1})});
      },
      "expected a positive scale"));
  EXPECT_THROW(run_op(op, {x, Tensor(), scales({1, 1, 1, 1e30f})}), Error);
  EXPECT_THROW(to_width(op, x, -1), Error);
  EXPECT_THROW(to_width(op, Tensor(DType::f32, {1, 1, 1, 0}), 3), Error);
}

TEST(Resize, InfersFromScalesAndSizes) {
  const TypeInfo x = unknown_value(DType::f32, Shape{1, 8, kUnknownDim, 10});
  const TypeInfo none = unknown_value(DType::f32, Shape{0});
  TypeInfo absent;
  absent.present = false;
  const Tensor twice = scales({1, 1, 2, 2});
  EXPECT_EQ(infer_op(resize(ResizeMode::linear), {x, none, known_value(twice)})[0].shape,
            (Shape{1, 8, kUnknownDim, 20}));
  const Tensor size = sizes({1, 8, 5, 5});
  EXPECT_EQ(infer_op(resize(ResizeMode::linear), {x, absent, absent, known_value(size)})[0].shape,
            (Shape{1, 8, 5, 5}));
  EXPECT_EQ(infer_op(resize(ResizeMode::linear),
                     {x, absent, absent, unknown_value(DType::i64, Shape{4})})[0]
                .shape,
            (Shape{kUnknownDim, kUnknownDim, kUnknownDim, kUnknownDim}));
}

}  // namespace
}  // namespace colonnade
