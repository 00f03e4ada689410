// Real exports on real sweeps against the boxes that the exporters' own post-processing gave.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "colonnade/detector.hpp"
#include "colonnade/io.hpp"
#include "fixtures.hpp"
#include "model/import.hpp"
#include "onnx/reader.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* name;
  const char* preset;
  std::vector<const char*> graphs;
  const char* cloud;
  const char* boxes;
  std::vector<std::string> settings;
};

void PrintTo(const Case& c, std::ostream* os) {
  *os << c.name;
}

/// model.yaml beside links to the fixture's graphs, as `import preset` makes it.
std::string import_case(const Case& c, const fs::path& folder) {
  std::vector<GraphFile> files;
  for (const char* graph : c.graphs) {
    const fs::path path = *testing::fixtures() / graph;
    files.push_back({path.string(), read_onnx(path.string())});
    fs::create_symlink(path, folder / path.filename());
  }
  const std::string yaml = (folder / "model.yaml").string();
  write_model_yaml(import_preset(c.preset, files, c.settings), yaml);
  return yaml;
}

using Corners = std::array<std::array<double, 3>, 8>;

Corners corners(double x, double y, double z, double l, double w, double h, double yaw) {
  Corners result;
  const double c = std::cos(yaw), s = std::sin(yaw);
  for (int i = 0; i < 8; ++i) {
    const double dx = (i & 1 ? l : -l) / 2, dy = (i & 2 ? w : -w) / 2, dz = (i & 4 ? h : -h) / 2;
    result[static_cast<std::size_t>(i)] = {x + c * dx - s * dy, y + s * dx + c * dy, z + dz};
  }
  return result;
}

double farthest(const Corners& a, const Corners& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < 3; ++k) worst = std::max(worst, std::fabs(a[i][k] - b[i][k]));
  }
  return worst;
}

/// The exporter's final boxes, canonical, with their masks.
struct Expected {
  explicit Expected(const fs::path& npz) : folder(npz) {
    canonical = folder.read("canonical");
    scores = folder.read("scores");
    labels = to_int64(folder.read(folder.has("labels0") ? "labels0" : "labels").view());
    anchors = to_int64(folder.read("anchor_index").view());
  }
  std::vector<bool> mask(const char* name) const {
    const Tensor tensor = folder.read(name);
    return std::vector<bool>(tensor.as<bool>(), tensor.as<bool>() + tensor.elements());
  }
  /// zhulf0804's own inference drops boxes outside of its range at last; the file has them all.
  std::vector<bool> in_range() const {
    return folder.has("in_limit_range") ? mask("in_limit_range") : std::vector<bool>(size(), true);
  }
  std::size_t size() const { return scores.elements(); }

  bool matches(std::size_t i, const Box& box) const {
    if (box.label != labels[i] || std::fabs(box.score - scores.as<float>()[i]) > 1e-4) return false;
    const float* c = canonical.as<float>() + i * static_cast<std::size_t>(canonical.shape()[1]);
    return farthest(corners(c[0], c[1], c[2], c[3], c[4], c[5], c[6]),
                    corners(box.x, box.y, box.z, box.length, box.width, box.height, box.yaw)) <=
           1e-3;
  }

  testing::NpzFolder folder;
  Tensor canonical, scores;
  std::vector<std::int64_t> labels, anchors;
};

class Exports : public ::testing::TestWithParam<Case> {
 protected:
  void compare(bool direct);
};

TEST_P(Exports, GiveTheExportersOwnBoxes) {
  compare(true);
}

TEST_P(Exports, GiveThemByWinogradToo) {
  compare(false);
}

void Exports::compare(bool direct) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  if (!testing::sweeps()) GTEST_SKIP() << "no real sweeps on this machine";
  const Case& c = GetParam();
  const testing::TemporaryFolder folder;
  DetectorOptions options;
  options.direct = direct;
  Detector detector = Detector::open(import_case(c, folder.path()), options);
  const Cloud cloud = read_cloud((*testing::sweeps() / c.cloud).string());
  Detections detections;
  detector.detect(cloud.view(), detections);

  const Expected expected(*testing::fixtures() / c.boxes);
  const bool ties = expected.folder.has("always_kept_1e5");
  const std::vector<bool> wanted = expected.mask(ties ? "always_kept_1e5" : "stable_1e5");
  const std::vector<bool> in_range = expected.in_range();
  std::size_t missing = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!wanted[i] || !in_range[i]) continue;
    const bool found = std::any_of(detections.boxes.begin(), detections.boxes.end(),
                                   [&](const Box& box) { return expected.matches(i, box); });
    if (!found && ++missing < 5) {
      ADD_FAILURE() << "box " << i << " (anchor " << expected.anchors[i] << ", score "
                    << expected.scores.as<float>()[i] << ") is missing";
    }
  }
  EXPECT_EQ(missing, 0U);
  for (std::size_t i = 1; i < detections.boxes.size(); ++i) {
    const Box &a = detections.boxes[i - 1], &b = detections.boxes[i];
    if (a.score == b.score && a.label == b.label) {
      EXPECT_LT(a.anchor, b.anchor) << "at " << i;
    }
  }
  if (!ties) {
    EXPECT_EQ(static_cast<std::ptrdiff_t>(detections.boxes.size()),
              std::count(in_range.begin(), in_range.end(), true));
    return;
  }
  // Thousands of candidates tie exactly: which of them survives depends on the last bit.
  const std::vector<std::int64_t> ever =
      to_int64(expected.folder.read("ever_kept_anchor_index_1e5").view());
  const std::set<std::int64_t> ever_kept(ever.begin(), ever.end());
  std::size_t others = 0;
  for (const Box& box : detections.boxes) {
    const bool known = ever_kept.count(box.anchor) != 0;
    others += !known;
    EXPECT_TRUE(known || !direct) << "anchor " << box.anchor << " score " << box.score;
  }
  // Those that noise of 1e-5 kept; Winograd's rounding isn't that noise, and breaks ties anew.
  EXPECT_LE(others * 50, detections.boxes.size());
}

INSTANTIATE_TEST_SUITE_P(
    Families, Exports,
    ::testing::Values(
        Case{"smallmunich",
             "smallmunich-car",
             {"a/rpn.onnx", "a/pfe_dynamic.onnx", "a/mfn_dynamic.onnx"},
             "kitti_fov/000000.bin",
             "a/000000_boxes.npz",
             {}},
        Case{"smallmunich_opset11_without_mfn",
             "smallmunich-car",
             {"a/pfe_dynamic.onnx", "a/rpn.onnx"},
             "kitti_fov/000000.bin",
             "a/000000_boxes.npz",
             {}},
        Case{"openpcdet",
             "openpcdet-kitti",
             {"c/pointpillar.onnx"},
             "kitti_fov/000000.bin",
             "c/000000_boxes_c1.npz",
             {}},
        Case{"nvidia",
             "cuda-pointpillars",
             {"c/pointpillar.onnx"},
             "kitti_fov/000000.bin",
             "c/000000_boxes_c2.npz",
             {}},
        Case{"nvidia_scatterbev",
             "cuda-pointpillars",
             {"c/pointpillar_scatterbev.onnx"},
             "kitti_fov/000000.bin",
             "c/000000_boxes_c2.npz",
             {}},
        Case{"nuscenes_multihead",
             "openpcdet-nuscenes-multihead",
             {"d/cbgs_pp_multihead_backbone.onnx", "d/cbgs_pp_multihead_pfe.onnx"},
             "nuscenes/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin",
             "d/nuscenes_sweep_boxes.npz",
             {}},
        Case{"zhulf",
             "zhulf-kitti",
             {"f/model.onnx"},
             "kitti_fov/000000.bin",
             "f/000000_boxes.npz",
             {}}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace colonnade
