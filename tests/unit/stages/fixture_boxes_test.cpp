// Head maps -> boxes, against the exporters' own post-processing of the same maps.
//
// Fixtures hold samples of most network outputs only; full_outputs.py makes them whole (in
// COLONNADE_STAGE_OUTPUTS/FAMILY/OUTPUT.npy).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "npz.hpp"
#include "specs.hpp"
#include "stages/decode.hpp"
#include "stages/nms.hpp"

namespace colonnade {
namespace {

constexpr double kCornerTolerance = 1e-3;  // Metres.
constexpr double kScoreTolerance = 1e-4;

using Corners = std::array<std::array<double, 3>, 8>;

Corners corners_of(double x, double y, double z, double l, double w, double h, double yaw) {
  Corners corners;
  for (std::size_t i = 0; i < 8; ++i) {
    const double along = (i & 1 ? 0.5 : -0.5) * l, across = (i & 2 ? 0.5 : -0.5) * w;
    corners[i] = {x + along * std::cos(yaw) - across * std::sin(yaw),
                  y + along * std::sin(yaw) + across * std::cos(yaw), z + (i & 4 ? 0.5 : -0.5) * h};
  }
  return corners;
}

double corner_distance(const Box& box, const float* canonical) {
  const Corners a = corners_of(box.x, box.y, box.z, box.length, box.width, box.height, box.yaw);
  const Corners b = corners_of(canonical[0], canonical[1], canonical[2], canonical[3], canonical[4],
                               canonical[5], canonical[6]);
  double worst = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t k = 0; k < 3; ++k) worst = std::max(worst, std::fabs(a[i][k] - b[i][k]));
  }
  return worst;
}

/// The exporter's boxes.
struct Reference {
  Reference(test::Npz& npz, const char* labels_name)
      : canonical(npz["canonical"]),
        scores(npz["scores"]),
        labels(to_int64(npz[labels_name].view())),
        anchors(to_int64(npz["anchor_index"].view())) {}
  std::size_t count() const { return anchors.size(); }
  const float* box(std::size_t i) const {
    return canonical.as<float>() + static_cast<std::int64_t>(i) * canonical.shape()[1];
  }

  Tensor canonical, scores;
  std::vector<std::int64_t> labels, anchors;
};

void expect_same(const Box& box, const Reference& reference, std::size_t i) {
  EXPECT_EQ(box.label, reference.labels[i]) << "box " << i;
  EXPECT_NEAR(box.score, reference.scores.as<float>()[i], kScoreTolerance) << "box " << i;
  EXPECT_LT(corner_distance(box, reference.box(i)), kCornerTolerance) << "box " << i;
}

class FixtureBoxes : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test::fixtures();
    if (folder_.empty()) GTEST_SKIP() << "no fixtures: set COLONNADE_FIXTURES";
  }

  ConstTensorView output(const std::string& name) {
    outputs_.push_back(std::make_unique<Tensor>(read_npy(outputs_folder_ + "/" + name + ".npy")));
    return outputs_.back()->view();
  }
  bool have_outputs(const char* family) {
    const char* folder = std::getenv("COLONNADE_STAGE_OUTPUTS");
    if (folder == nullptr) return false;
    outputs_folder_ = std::string(folder) + "/" + family;
    return std::filesystem::exists(outputs_folder_);
  }

  const Detections& detect(const ModelSpec& model, const HeadMaps& maps, const Pillars& pillars) {
    Decode decode(model);
    Nms nms(model, SensorSpec{});
    out_ = {};
    nms.run(decode.run(maps, pillars, out_.stats), out_);
    return out_;
  }

  std::string folder_, outputs_folder_;
  std::vector<std::unique_ptr<Tensor>> outputs_;
  Detections out_;
};

constexpr const char* kNoOutputs =
    "no whole outputs: set COLONNADE_STAGE_OUTPUTS (full_outputs.py)";

TEST_F(FixtureBoxes, SmallMunich) {
  if (!have_outputs("a")) GTEST_SKIP() << kNoOutputs;
  test::Npz boxes(folder_ + "/a/000000_boxes.npz"), pillars_npz(folder_ + "/a/pillars_000000.npz");
  const Reference reference(boxes, "labels");
  HeadMaps maps;
  maps.heads.push_back({output("185"), output("184"), output("187")});
  const Tensor& coords = pillars_npz["coords"];
  std::vector<PillarCell> cells;
  for (std::int64_t p = 0; p < coords.shape()[0]; ++p) {
    cells.push_back({coords.as<std::int32_t>()[4 * p + 3], coords.as<std::int32_t>()[4 * p + 2]});
  }
  const Pillars pillars{nullptr, nullptr, cells.data(), coords.shape()[0], 100};
  const ModelSpec model = test::model_of(smallmunich_car());

  const Detections& found = detect(model, maps, pillars);
  EXPECT_EQ(found.stats.candidates, boxes["candidate_count"].as<std::int64_t>()[0]);
  EXPECT_EQ(found.stats.candidates_truncated, 567);
  EXPECT_EQ(found.stats.boxes_truncated, 9);
  ASSERT_EQ(found.boxes.size(), reference.count());
  for (std::size_t i = 0; i < reference.count(); ++i) {
    EXPECT_EQ(found.boxes[i].anchor, reference.anchors[i]);
    expect_same(found.boxes[i], reference, i);
  }

  // The mask of every anchor, not only of those that score.
  OccupancyMask mask(model.grid, model.box.yaw, model.post.occupancy_area);
  mask.update(pillars);
  const AnchorGrid anchors(model, model.heads[0]);
  const Tensor& expected = boxes["anchors_mask"];
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < anchors.size(); ++i) {
    const bool covered = mask.covers(anchors.at(anchors.place_of(i)));
    wrong += covered != (expected.as<std::uint8_t>()[i] != 0) ? 1 : 0;
  }
  EXPECT_EQ(wrong, 0);
}

class FixtureTies : public FixtureBoxes {
 protected:
  // Thousands of scores tie exactly, so only the boxes that noise never moves are certain, and none
  // outside those that it ever brought up may appear.
  void check(const ModelSpec& model, const char* file) {
    test::Npz boxes(folder_ + file);
    const Reference reference(boxes, "labels0");
    HeadMaps maps;
    maps.heads.push_back({output("cls_preds"), output("box_preds"), output("dir_cls_preds")});
    const Detections& found = detect(model, maps, {});
    EXPECT_EQ(found.stats.candidates, 10092);
    EXPECT_EQ(found.boxes.size(), reference.count());

    const std::vector<std::int64_t> allowed = to_int64(boxes["ever_kept_anchor_index_1e5"].view());
    std::set<std::int64_t> ever(allowed.begin(), allowed.end());
    std::map<std::int64_t, const Box*> ours;
    for (const Box& box : found.boxes) {
      ours[box.anchor] = &box;
      EXPECT_TRUE(ever.count(box.anchor)) << "anchor " << box.anchor;
    }
    const bool* always = boxes["always_kept_1e5"].as<bool>();
    const bool* stable = boxes["stable_1e5"].as<bool>();
    std::size_t same = 0;
    for (std::size_t i = 0; i < reference.count(); ++i) {
      const auto box = ours.find(reference.anchors[i]);
      same += box != ours.end() ? 1 : 0;
      if (!always[i] && !stable[i]) continue;
      ASSERT_NE(box, ours.end()) << "anchor " << reference.anchors[i];
      expect_same(*box->second, reference, i);
    }
    EXPECT_EQ(same, reference.count()) << "ties by anchor index give the reference's own set";
  }
};

TEST_F(FixtureTies, OpenPcdet) {
  if (!have_outputs("c")) GTEST_SKIP() << kNoOutputs;
  check(test::model_of(openpcdet_kitti()), "/c/000000_boxes_c1.npz");
}

TEST_F(FixtureTies, CudaPointPillars) {
  if (!have_outputs("c")) GTEST_SKIP() << kNoOutputs;
  check(test::model_of(cuda_pointpillars()), "/c/000000_boxes_c2.npz");
}

TEST_F(FixtureBoxes, OpenPcdetMultihead) {
  if (!have_outputs("d")) GTEST_SKIP() << kNoOutputs;
  test::Npz boxes(folder_ + "/d/nuscenes_sweep_boxes.npz");
  const Reference reference(boxes, "labels0");
  HeadMaps maps;
  for (const char* name : {"542", "606", "670", "734", "798", "862"}) {
    maps.heads.push_back({output(name), {}, {}});
  }
  maps.decoded = output("909");
  const Detections& found = detect(test::model_of(openpcdet_nuscenes_multihead()), maps, {});
  EXPECT_EQ(found.stats.candidates, 14800);
  EXPECT_TRUE(found.has_velocity);
  ASSERT_EQ(found.boxes.size(), reference.count());
  for (std::size_t i = 0; i < reference.count(); ++i) {
    EXPECT_EQ(found.boxes[i].anchor, reference.anchors[i]);
    expect_same(found.boxes[i], reference, i);
    EXPECT_NEAR(found.boxes[i].vx, reference.box(i)[7], 1e-4);
    EXPECT_NEAR(found.boxes[i].vy, reference.box(i)[8], 1e-4);
  }
}

TEST_F(FixtureBoxes, Zhulf) {
  test::Npz boxes(folder_ + "/f/000000_boxes.npz"), out(folder_ + "/f/model_out.npz");
  const Reference reference(boxes, "labels");
  const std::vector<std::int64_t> rows = to_int64(boxes["row_in_output_x"].view());
  const Tensor detections = out["output_x/values"].reshaped({100, 11});
  HeadMaps maps;
  maps.detections = detections.view();
  ModelSpec model = test::model_of(zhulf_kitti());
  const bool* in_range = boxes["in_limit_range"].as<bool>();

  const Detections filtered = detect(model, maps, {});
  EXPECT_EQ(filtered.boxes.size(),
            static_cast<std::size_t>(std::count(in_range, in_range + reference.count(), true)));
  EXPECT_EQ(filtered.stats.boxes_out_of_range, 1);

  model.post.range_filter.reset();
  const Detections& found = detect(model, maps, {});
  EXPECT_EQ(found.stats.boxes_truncated, 5);
  ASSERT_EQ(found.boxes.size(), reference.count());
  for (std::size_t i = 0; i < reference.count(); ++i) {
    EXPECT_EQ(found.boxes[i].anchor, rows[i]);
    expect_same(found.boxes[i], reference, i);
  }
}

}  // namespace
}  // namespace colonnade
