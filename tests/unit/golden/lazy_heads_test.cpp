// A detector computes boxes and directions where a class can pass. Its boxes are those of maps that
// are computed whole, bit for bit.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/thread_pool.hpp"
#include "colonnade/detector.hpp"
#include "detector/engine_body.hpp"
#include "measure/front_end.hpp"
#include "models.hpp"
#include "stages/decode.hpp"
#include "stages/nms.hpp"
#include "stages/rpn.hpp"

namespace colonnade {
namespace {

using testing::GoldenModel;

struct Answer {
  std::vector<Box> boxes;
  double flop = 0;
};

EngineOptions options(const std::string& precision) {
  EngineOptions result;
  result.precision = precision;
  return result;
}

Answer lazily(const std::string& yaml, const std::string& precision, float threshold,
              const Cloud& cloud) {
  Answer answer;
  DetectorOptions how;
  how.precision = precision;
  how.score_threshold = threshold;
  how.threads = 2;
  how.on_layer = [&](const LayerRun& layer) { answer.flop += layer.flop; };
  Detections detections;
  Detector detector = Detector::open(yaml, how);
  detector.detect(cloud.view(), detections);
  answer.flop = 0;  // The first frame's had the backgrounds too.
  detector.detect(cloud.view(), detections);
  answer.boxes = detections.boxes;
  return answer;
}

Answer eagerly(const std::string& yaml, const std::string& precision, float threshold,
               const Cloud& cloud) {
  Answer answer;
  FrontEnd front_end(yaml, options(precision));
  const FrontEnd::Frame frame = front_end.run(cloud.view());
  ModelSpec spec = front_end.engine().model();
  ModelSpec everything = spec;
  everything.post.score_threshold = 0;
  spec.post.score_threshold = threshold;

  ThreadPool threads(2);
  auto session = front_end.engine().body().rpn->create_session(threads);
  session->run(frame.image);
  session->observe([&](const LayerRun& layer) { answer.flop += layer.flop; });
  Rpn rpn(front_end.engine().body().plan.rpn, everything, std::move(session));
  Decode decode(spec);
  Nms nms(spec, {});
  Detections detections;
  nms.run(decode.run(rpn.run(frame.image), frame.pillars, detections.stats), detections);
  answer.boxes = detections.boxes;
  return answer;
}

void expect_equal_boxes(const std::string& yaml, const Cloud& cloud, bool fewer) {
  for (const char* precision : {"fp32", "bf16"}) {
    for (const float threshold : {0.05f, 0.3f, 0.6f, 0.99f}) {
      SCOPED_TRACE(std::string(precision) + ", threshold " + std::to_string(threshold));
      const Answer lazy = lazily(yaml, precision, threshold, cloud);
      const Answer eager = eagerly(yaml, precision, threshold, cloud);
      ASSERT_EQ(lazy.boxes.size(), eager.boxes.size());
      if (!lazy.boxes.empty()) {
        EXPECT_EQ(
            std::memcmp(lazy.boxes.data(), eager.boxes.data(), lazy.boxes.size() * sizeof(Box)), 0);
      }
      if (threshold > 0.9f && fewer) {
        EXPECT_LT(lazy.flop, eager.flop);
      }
    }
  }
}

class LazyHeads : public ::testing::TestWithParam<GoldenModel> {};

TEST_P(LazyHeads, GiveTheBoxesOfWholeMaps) {
  const GoldenModel& model = GetParam();
  const testing::ImportedModel imported(model);
  // Graphs that decode boxes themselves need all of them; the other multihead one's come out of 3x3
  // convolutions.
  const bool all = model.preset == "openpcdet-nuscenes-multihead" || model.preset == "zhulf-kitti";
  expect_equal_boxes(imported.yaml(), read_cloud(model.sweep.string()), !all);
}

INSTANTIATE_TEST_SUITE_P(Models, LazyHeads, ::testing::ValuesIn(testing::golden_models()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(LazyHeads, GiveTheBoxesOfWholeMapsOfTheModelThatShips) {
  const testing::fs::path source = COLONNADE_SOURCE_DIR;
  expect_equal_boxes((source / "models/kitti3/model.yaml").string(),
                     read_cloud((testing::golden() / "openpcdet/sweep.bin").string()), true);
}

}  // namespace
}  // namespace colonnade
