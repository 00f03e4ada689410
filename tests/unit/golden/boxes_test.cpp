// Points in, boxes out: each family's model, imported from its preset, against the boxes that plain
// NumPy made by the exporter's rules.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <thread>
#include <tuple>
#include <vector>

#include "colonnade/detector.hpp"
#include "models.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::GoldenModel;

std::vector<Box> read_boxes(const fs::path& npz) {
  const testing::NpzFolder folder(npz);
  const Tensor canonical = folder.read("canonical"), scores = folder.read("scores");
  const std::vector<std::int64_t> labels = to_int64(folder.read("labels").view());
  const std::vector<std::int64_t> anchors = to_int64(folder.read("anchor_index").view());
  const auto columns = static_cast<std::size_t>(canonical.shape()[1]);
  std::vector<Box> boxes;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const float* c = canonical.as<float>() + i * columns;
    Box box{c[0], c[1], c[2], c[3], c[4], c[5], c[6]};
    box.score = scores.as<float>()[i];
    box.label = static_cast<std::int32_t>(labels[i]);
    box.anchor = static_cast<std::int32_t>(anchors[i]);
    if (columns > 7) {
      box.vx = c[7];
      box.vy = c[8];
    }
    boxes.push_back(box);
  }
  return boxes;
}

/// Of corresponding corners, along an axis; metres.
double farthest_corners(const Box& a, const Box& b) {
  double worst = 0;
  for (const double forward : {-0.5, 0.5}) {
    for (const double left : {-0.5, 0.5}) {
      for (const double up : {-0.5, 0.5}) {
        const auto corner = [&](const Box& box) {
          const double dx = forward * box.length, dy = left * box.width;
          const double c = std::cos(double{box.yaw}), s = std::sin(double{box.yaw});
          return std::array{box.x + c * dx - s * dy, box.y + s * dx + c * dy,
                            box.z + up * box.height};
        };
        const auto p = corner(a), q = corner(b);
        for (std::size_t k = 0; k < 3; ++k) worst = std::max(worst, std::fabs(p[k] - q[k]));
      }
    }
  }
  return worst;
}

bool same(const Box& found, const Box& expected) {
  return found.label == expected.label && found.anchor == expected.anchor &&
         std::fabs(found.score - expected.score) <= 1e-4 &&
         farthest_corners(found, expected) <= 1e-3 &&
         std::hypot(found.vx - expected.vx, found.vy - expected.vy) <= 1e-3;
}

/// Every box and no other, in order; boxes of nearly equal score may change places.
bool same(const std::vector<Box>& found, const std::vector<Box>& expected) {
  if (found.size() != expected.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::fabs(found[i].score - expected[i].score) > 1e-5) return false;
    if (std::none_of(found.begin(), found.end(),
                     [&](const Box& box) { return same(box, expected[i]); })) {
      return false;
    }
  }
  return true;
}

void expect_same(const std::vector<Box>& found, const std::vector<Box>& expected) {
  EXPECT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
    EXPECT_NEAR(found[i].score, expected[i].score, 1e-5) << "in place " << i;
  }
  for (const Box& box : expected) {
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const Box& b) { return same(b, box); }))
        << "missing: anchor " << box.anchor << ", label " << box.label << ", score " << box.score
        << ", at " << box.x << " " << box.y << " " << box.z << ", yaw " << box.yaw;
  }
}

Detections detect(Detector detector, const GoldenModel& model) {
  const Cloud cloud = read_cloud(model.sweep.string());
  Detections detections;
  detector.detect(cloud.view(), detections);
  return detections;
}

Detections detect(const testing::ImportedModel& imported, const GoldenModel& model,
                  const std::string& backend, int threads = 2) {
  DetectorOptions options;
  options.backend = backend;
  options.threads = threads;
  return detect(Detector::open(imported.yaml(), options), model);
}

bool bit_identical(const std::vector<Box>& a, const std::vector<Box>& b) {
  static_assert(sizeof(Box) == 12 * sizeof(float), "padding would be compared");
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Box)) == 0);
}

std::string name_of(const ::testing::TestParamInfo<GoldenModel>& parameter) {
  return parameter.param.name;
}

class GoldenBoxes : public ::testing::TestWithParam<std::tuple<GoldenModel, std::string>> {};

TEST_P(GoldenBoxes, AreTheExportersRules) {
  const auto& [model, backend] = GetParam();
  const Detections found = detect(testing::ImportedModel(model), model, backend);
  EXPECT_EQ(found.stats.pillars, model.pillars);
  expect_same(found.boxes, read_boxes(model.boxes));
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenBoxes,
                         ::testing::Combine(::testing::ValuesIn(testing::golden_models()),
                                            ::testing::ValuesIn(testing::backend_names())),
                         [](const auto& parameter) {
                           return std::get<0>(parameter.param).name + "_" +
                                  std::get<1>(parameter.param);
                         });

/// Others show that another export of the same network gives the same boxes.
std::vector<GoldenModel> models_with_rules() {
  std::vector<GoldenModel> models = testing::golden_models();
  models.erase(std::remove_if(models.begin(), models.end(),
                              [](const GoldenModel& model) { return model.rules.empty(); }),
               models.end());
  return models;
}

class GoldenRules : public ::testing::TestWithParam<GoldenModel> {};

// A rule that could be otherwise with the same boxes would not be tested by them.
TEST_P(GoldenRules, DecideTheBoxes) {
  const GoldenModel& model = GetParam();
  const std::vector<Box> expected = read_boxes(model.boxes);
  for (const std::string& rule : model.rules) {
    const Detections found = detect(testing::ImportedModel(model, {rule}), model, "cpu");
    EXPECT_FALSE(same(found.boxes, expected)) << rule;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenRules, ::testing::ValuesIn(models_with_rules()), name_of);

class GoldenModels : public ::testing::TestWithParam<GoldenModel> {};

TEST_P(GoldenModels, GiveTheSameBitsAtAnyNumberOfThreads) {
  const GoldenModel& model = GetParam();
  const testing::ImportedModel imported(model);
  const std::vector<Box> one = detect(imported, model, "cpu", 1).boxes;
  ASSERT_FALSE(one.empty());
  for (const int threads : {2, 3}) {
    EXPECT_TRUE(bit_identical(detect(imported, model, "cpu", threads).boxes, one)) << threads;
  }
}

TEST_P(GoldenModels, ShareAnEngineBetweenThreads) {
  const GoldenModel& model = GetParam();
  const testing::ImportedModel imported(model);
  const auto engine = Engine::open(imported.yaml());
  const std::vector<Box> alone = detect(Detector(engine), model).boxes;
  std::array<std::vector<Box>, 2> found;
  std::vector<std::thread> threads;
  for (std::vector<Box>& boxes : found) {
    threads.emplace_back(
        [&boxes, &engine, &model] { boxes = detect(Detector(engine), model).boxes; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<Box>& boxes : found) EXPECT_TRUE(bit_identical(boxes, alone));
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenModels, ::testing::ValuesIn(testing::golden_models()),
                         name_of);

}  // namespace
}  // namespace colonnade
