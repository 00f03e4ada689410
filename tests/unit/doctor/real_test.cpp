// The real sweeps, deliberately broken: they aren't part of the project, and skip where absent.
#include <gtest/gtest.h>

#include "../stages/specs.hpp"
#include "breaks.hpp"
#include "cloud/scalar.hpp"
#include "colonnade/io.hpp"
#include "fixtures.hpp"

namespace colonnade::testing {
namespace {

struct RealSweeps {
  const char* folder;
  Rules (*rules)();
};

void PrintTo(const RealSweeps& one, std::ostream* os) {
  *os << one.folder;
}

XyziPoints read_points(const fs::path& file) {
  const Cloud cloud = read_cloud(file.string());
  const CloudView v = cloud.view();
  XyziPoints points;
  for (std::size_t i = 0; i < v.count; ++i) {
    points.push_back({load_float(v, i, v.find("x")), load_float(v, i, v.find("y")),
                      load_float(v, i, v.find("z")), load_float(v, i, v.find("intensity"))});
  }
  return points;
}

class RealSweep : public ::testing::TestWithParam<RealSweeps> {
 protected:
  void SetUp() override {
    if (!sweeps()) GTEST_SKIP() << "the real sweeps aren't here: set COLONNADE_SWEEPS";
    for (const auto& entry : fs::directory_iterator(*sweeps() / GetParam().folder)) {
      if (entry.path().extension() == ".bin") files_.push_back(entry.path());
    }
    std::sort(files_.begin(), files_.end());
    ASSERT_FALSE(files_.empty());
  }
  ModelSpec model_ = test::model_of(GetParam().rules());
  std::vector<fs::path> files_;
};

TEST_P(RealSweep, NamesAndMendsEachBreak) {
  for (const fs::path& file : files_) {
    SCOPED_TRACE(file.filename().string());
    expect_each_named_and_mended(model_, read_points(file));
  }
}

TEST_P(RealSweep, TellsAllOrientationsOfAFrontView) {
  if (std::string(GetParam().folder) == "nuscenes") GTEST_SKIP() << "that model looks all around";
  for (const fs::path& file : files_) {
    SCOPED_TRACE(file.filename().string());
    const XyziPoints points = front(read_points(file));
    for (const Rotation& orientation : orientations()) {
      const Diagnosis diagnosis = examine_points(model_, moved(points, orientation));
      EXPECT_EQ(finding(diagnosis, "axes").severity == Severity::ok, orientation == kNoRotation);
      const Diagnosis after =
          examine_points(model_, moved(points, orientation), diagnosis.advice.sensor);
      EXPECT_EQ(finding(after, "axes").found, "z is up, x ahead");
    }
  }
}

TEST_P(RealSweep, CountsHalfTheRings) {
  for (const fs::path& file : files_) {
    SCOPED_TRACE(file.filename().string());
    const XyziPoints points = read_points(file);
    const double all = measure(examine_points(model_, points), "rings", "rings");
    const Diagnosis half = examine_points(model_, half_the_rings(points));
    EXPECT_NEAR(measure(half, "rings", "rings"), all / 2, 6);
    EXPECT_EQ(finding(half, "rings").severity, Severity::warning);
  }
}

INSTANTIATE_TEST_SUITE_P(All, RealSweep,
                         ::testing::Values(RealSweeps{"kitti_full", openpcdet_kitti},
                                           RealSweeps{"kitti_fov", smallmunich_car},
                                           RealSweeps{"nuscenes", openpcdet_nuscenes_multihead}),
                         [](const auto& test) { return std::string(test.param.folder); });

}  // namespace
}  // namespace colonnade::testing
