#include "frame/features.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "colonnade/error.hpp"
#include "stages/scatter.hpp"

namespace colonnade {
namespace {

/// Three pillars of up to two points on a grid of 4 x 4 cells of 1 m.
class FeaturesTest : public testing::Test {
 protected:
  FeaturesTest() {
    spec_.max_pillars = 16;
    spec_.max_points = 2;
    spec_.center = {0.5F, -1.5F, 0};
  }

  Tensor fill(InputSource source, DType dtype, const Shape& shape, std::int64_t first,
              std::int64_t last, std::int64_t padded) {
    Tensor tensor(dtype, shape);
    std::memset(tensor.data(), 0x41, tensor.bytes());
    fill_input(source, pillars_, first, last, padded, spec_, grid_, tensor.view(), 64);
    return tensor;
  }

  const std::vector<Point> points_{{0.25F, -1.5F, 0.5F, 10, 0}, {0.75F, -1, -0.5F, 20, 0.1F},
                                   {3.5F, 1.5F, 0.25F, 30, 0},  {-99, -99, -99, -99, -99},
                                   {1, 0, 0, 40, 0.2F},         {1.5F, 0.5F, 1, 50, 0}};
  const std::vector<std::int32_t> counts_{2, 1, 2};
  const std::vector<PillarCell> cells_{{0, 0}, {3, 3}, {1, 2}};
  const Pillars pillars_{points_.data(), counts_.data(), cells_.data(), 3, 2};
  const GridSpec grid_{{0, -2, -1}, {4, 2, 1}, {1, 1}};
  PillarSpec spec_;
};

template <typename T>
std::vector<T> values(const Tensor& tensor) {
  return {tensor.as<T>(), tensor.as<T>() + tensor.elements()};
}

TEST_F(FeaturesTest, PointsInBothLayouts) {
  spec_.features = {PointFeature::intensity, PointFeature::mean_dx, PointFeature::center_dy};
  const std::vector<float> expected{30, 0,     0, 0, 0, 0, 40, -0.25F, -0.5F,
                                    50, 0.25F, 0, 0, 0, 0, 0,  0,      0};
  EXPECT_EQ(values<float>(fill(InputSource::points, DType::f32, {3, 2, 3}, 1, 3, 3)), expected);
  EXPECT_EQ(values<float>(fill(InputSource::points, DType::f32, {1, 3, 2, 3}, 1, 3, 3)), expected);
  const std::vector<float> transposed{30,    0, 40, 50, 0, 0,     0, 0, -0.25F,
                                      0.25F, 0, 0,  0,  0, -0.5F, 0, 0, 0};
  spec_.features.push_back(PointFeature::dt);  // So that F differs from P.
  const std::vector<float> found =
      values<float>(fill(InputSource::points, DType::f32, {1, 4, 3, 2}, 1, 3, 3));
  EXPECT_EQ(std::vector<float>(found.begin(), found.begin() + 18), transposed);
  EXPECT_EQ(std::vector<float>(found.begin() + 18, found.end()),
            (std::vector<float>{0, 0, 0.2F, 0, 0, 0}));
}

TEST_F(FeaturesTest, SlotsOfSmallMunich) {
  const Shape slots{1, 1, 4, 2};
  EXPECT_EQ(values<float>(fill(InputSource::z, DType::f32, slots, 0, 3, 4)),
            (std::vector<float>{0.5F, -0.5F, 0.25F, 0, 0, 1, 0, 0}));
  EXPECT_EQ(values<float>(fill(InputSource::mask, DType::f32, slots, 0, 3, 4)),
            (std::vector<float>{1, 1, 1, 0, 1, 1, 0, 0}));
  // In every slot, also where there's no point.
  EXPECT_EQ(values<float>(fill(InputSource::center_x, DType::f32, slots, 0, 3, 4)),
            (std::vector<float>{0.5F, 0.5F, 3.5F, 3.5F, 1.5F, 1.5F, 0, 0}));
  // At least 1: the graph divides by it.
  EXPECT_EQ(values<float>(fill(InputSource::num_points, DType::f32, {1, 4}, 0, 3, 4)),
            (std::vector<float>{2, 1, 2, 1}));
}

TEST_F(FeaturesTest, RowsInTheExportersElementTypes) {
  EXPECT_EQ(values<std::int32_t>(fill(InputSource::coords_bzyx, DType::i32, {3, 4}, 1, 3, 3)),
            (std::vector<std::int32_t>{0, 0, 3, 3, 0, 0, 2, 1, 0, 0, 0, 0}));
  EXPECT_EQ(values<std::int64_t>(fill(InputSource::coords_bxyz, DType::i64, {2, 4}, 1, 3, 2)),
            (std::vector<std::int64_t>{0, 3, 3, 0, 0, 1, 2, 0}));
  EXPECT_EQ(values<float>(fill(InputSource::coords_bzyx, DType::f32, {1, 1, 1, 4}, 2, 3, 1)),
            (std::vector<float>{0, 0, 2, 1}));
  EXPECT_EQ(values<double>(fill(InputSource::coords_bzyx, DType::f64, {1, 4}, 2, 3, 1)),
            (std::vector<double>{0, 0, 2, 1}));
  EXPECT_EQ(values<std::int32_t>(fill(InputSource::pillar_count, DType::i32, {1}, 1, 3, 9)),
            (std::vector<std::int32_t>{2}));
  // NVIDIA's 2021 plugin: uint32 in a float tensor.
  EXPECT_EQ(values<std::uint32_t>(
                fill(InputSource::scatterbev_params, DType::f32, {1, 1, 1, 5}, 0, 3, 3)),
            (std::vector<std::uint32_t>{1, 64, 4, 4, 3}));
}

TEST_F(FeaturesTest, RefusesTensorsThatDontFit) {
  spec_.features = {PointFeature::x, PointFeature::y, PointFeature::z};
  const auto refused = [this](InputSource source, DType dtype, const Shape& shape) {
    EXPECT_THROW(fill(source, dtype, shape, 0, 3, 3), Error) << shape.to_string();
  };
  refused(InputSource::points, DType::f32, {3, 2, 4});
  refused(InputSource::points, DType::f32, {3, 3, 2});
  refused(InputSource::points, DType::f64, {3, 2, 3});
  refused(InputSource::x, DType::f32, {1, 1, 2, 2});
  refused(InputSource::coords_bzyx, DType::i32, {3, 3});
  refused(InputSource::coords_bzyx, DType::boolean, {3, 4});
  refused(InputSource::scatterbev_params, DType::i32, {5});
  refused(InputSource::bev_image, DType::f32, {1, 64, 4, 4});
  EXPECT_THROW(fill(InputSource::mask, DType::f32, {1, 1, 2, 2}, 1, 4, 2), Error);
  EXPECT_THROW(fill(InputSource::mask, DType::f32, {1, 1, 2, 2}, 0, 3, 2), Error);
}

TEST_F(FeaturesTest, ScatterPutsFeaturesOnTheirCells) {
  const std::vector<float> features{1, 10, 2, 20, 3, 30};
  const BevImage image = scatter({features.data(), 3, 2}, pillars_, grid_);
  EXPECT_EQ(image.features, features.data());
  EXPECT_EQ(image.cells, cells_.data());
  EXPECT_EQ(image.count, 3);
  EXPECT_EQ(image.channels, 2);
  EXPECT_EQ(image.height, 4);
  EXPECT_EQ(image.width, 4);
}

}  // namespace
}  // namespace colonnade
