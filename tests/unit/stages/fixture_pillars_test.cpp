// Sweep -> pillars -> graph inputs, to the last bit as the exporters' own code made them.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <optional>

#include "base/file.hpp"
#include "base/thread_pool.hpp"
#include "fixtures.hpp"
#include "frame/features.hpp"
#include "specs.hpp"
#include "stages/pillarize.hpp"
#include "stages/prepare.hpp"

namespace colonnade {
namespace {

struct Family {
  const char* folder;
  Rules (*rules)();
  const char* sweep;
  std::size_t floats_a_point;
  const char* pillars;
  std::int64_t max_pillars;
};

std::ostream& operator<<(std::ostream& out, const Family& family) {
  return out << family.folder;
}

/// Elements that aren't the same number. (PyTorch's padding slots hold -0.0: a mean times a mask.)
std::int64_t differing(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  return dispatch(a.dtype(), [&]<typename T>(TypeTag<T>) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < a.elements(); ++i) {
      if constexpr (std::is_arithmetic_v<T>) count += a.as<T>()[i] == b.as<T>()[i] ? 0 : 1;
    }
    return count;
  });
}

class FixturePillars : public ::testing::TestWithParam<Family> {
 protected:
  void SetUp() override {
    COLONNADE_SKIP_WITHOUT_FIXTURES();
    if (!testing::sweeps()) GTEST_SKIP() << "no real sweeps on this machine";
    folder_ = *testing::fixtures() / GetParam().folder;
    sweep_ = *testing::sweeps() / GetParam().sweep;
    model_ = test::model_of(GetParam().rules());
    model_.pillars.max_pillars = GetParam().max_pillars;
  }

  Pillars pillars_of_sweep() {
    const auto file = WholeFile::read(sweep_.string());
    const std::size_t stride = GetParam().floats_a_point * sizeof(float);
    const PointField fields[] = {{"x", 0}, {"y", 4}, {"z", 8}, {"intensity", 12}};
    const CloudView cloud{file->bytes().data(), file->bytes().size() / stride, stride, fields, 4};
    prepare_.emplace(model_, SensorSpec{}, std::nullopt, threads_);
    pillarize_.emplace(model_);
    return pillarize_->run(prepare_->run(cloud, stats_), stats_);
  }

  /// Fills `source` for `padded` pillars and compares with the exporter's tensor.
  void expect_input(InputSource source, const Pillars& pillars, const Tensor& expected,
                    std::int64_t padded) {
    Tensor made(expected.dtype(), expected.shape());
    // Leftovers of another frame must not survive.
    std::memset(made.data(), 0x41, made.bytes());
    fill_input(source, pillars, 0, pillars.count, padded, model_.pillars, model_.grid, made.view(),
               64);
    EXPECT_EQ(differing(made, expected), 0) << "input source " << static_cast<int>(source);
  }

  std::filesystem::path folder_, sweep_;
  ModelSpec model_;
  ThreadPool threads_{2};
  FrameStats stats_;
  std::optional<Prepare> prepare_;
  std::optional<Pillarize> pillarize_;
};

TEST_P(FixturePillars, EqualTheExporters) {
  const testing::NpzFolder npz(folder_ / GetParam().pillars);
  const bool zhulf = GetParam().rules == zhulf_kitti;
  const Tensor voxels = npz.read(zhulf ? "input_pillars" : "voxels");
  const Tensor counts = npz.read(zhulf ? "input_npoints_per_pillar" : "num_points");
  const Pillars pillars = pillars_of_sweep();
  ASSERT_EQ(pillars.count, voxels.shape()[0]);
  ASSERT_EQ(pillars.max_points, voxels.shape()[1]);

  Tensor points(DType::f32, voxels.shape());
  PillarSpec raw = model_.pillars;
  raw.features = {PointFeature::x, PointFeature::y, PointFeature::z, PointFeature::intensity};
  if (voxels.shape()[2] == 5) raw.features.push_back(PointFeature::dt);
  fill_input(InputSource::points, pillars, 0, pillars.count, pillars.count, raw, model_.grid,
             points.view());
  EXPECT_EQ(differing(points, voxels), 0);
  expect_input(InputSource::num_points, pillars, counts, pillars.count);
  if (zhulf) {
    expect_input(InputSource::coords_bxyz, pillars, npz.read("input_coors_batch"), pillars.count);
  } else {
    expect_input(InputSource::coords_bzyx, pillars, npz.read("coords"), pillars.count);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Families, FixturePillars,
    ::testing::Values(
        Family{"a", smallmunich_car, "kitti_fov/000000.bin", 4, "pillars_000000.npz", 12000},
        Family{"c", openpcdet_kitti, "kitti_fov/000000.bin", 4, "pillars_000000.npz", 10000},
        Family{"d", openpcdet_nuscenes_multihead,
               "nuscenes/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin", 5,
               "pillars.npz", 30000},
        Family{"f", zhulf_kitti, "kitti_fov/000000.bin", 4, "model_in.npz", 40000}),
    [](const auto& family) { return std::string(family.param.folder); });

class FixtureInputsA : public FixturePillars {};
TEST_P(FixtureInputsA, EqualTheExporters) {
  const testing::NpzFolder in(folder_ / "pfe_in.npz");
  const Pillars pillars = pillars_of_sweep();
  const std::pair<InputSource, const char*> inputs[] = {
      {InputSource::x, "pillar_x"},
      {InputSource::y, "pillar_y"},
      {InputSource::z, "pillar_z"},
      {InputSource::intensity, "pillar_i"},
      {InputSource::num_points, "num_points_per_pillar"},
      {InputSource::center_x, "x_sub_shaped"},
      {InputSource::center_y, "y_sub_shaped"},
      {InputSource::mask, "mask"}};
  for (const auto& input : inputs)
    expect_input(input.first, pillars, in.read(input.second), pillars.count);
}
INSTANTIATE_TEST_SUITE_P(Families, FixtureInputsA,
                         ::testing::Values(Family{"a", smallmunich_car, "kitti_fov/000000.bin", 4,
                                                  "", 12000}));

class FixtureInputsC : public FixturePillars {};
TEST_P(FixtureInputsC, EqualTheExporters) {
  const testing::NpzFolder in(folder_ / "pp_in.npz"), bev(folder_ / "bev_in.npz");
  const Pillars pillars = pillars_of_sweep();
  expect_input(InputSource::points, pillars, in.read("voxels"), 10000);
  expect_input(InputSource::coords_bzyx, pillars, in.read("voxel_idxs"), 10000);
  expect_input(InputSource::pillar_count, pillars, in.read("voxel_num"), 10000);
  expect_input(InputSource::coords_bzyx, pillars, bev.read("coords"), 10000);
  expect_input(InputSource::scatterbev_params, pillars, bev.read("params"), 10000);
}
INSTANTIATE_TEST_SUITE_P(Families, FixtureInputsC,
                         ::testing::Values(Family{"c", openpcdet_kitti, "kitti_fov/000000.bin", 4,
                                                  "", 10000}));

class FixtureInputsD : public FixturePillars {};
TEST_P(FixtureInputsD, EqualTheExporters) {
  const testing::NpzFolder in(folder_ / "pfe_in.npz");
  const Pillars pillars = pillars_of_sweep();
  expect_input(InputSource::points, pillars, in.read("input.1"), 30000);
}
INSTANTIATE_TEST_SUITE_P(
    Families, FixtureInputsD,
    ::testing::Values(Family{
        "d", openpcdet_nuscenes_multihead,
        "nuscenes/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin", 5, "",
        30000}));

}  // namespace
}  // namespace colonnade
