// A detector computes boxes and directions where a class can pass. Its boxes are those of maps that
// are computed whole, bit for bit.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
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

Answer lazily(std::shared_ptr<const Engine> engine, float threshold, const Cloud& cloud) {
  Answer answer;
  DetectorOptions how;
  how.score_threshold = threshold;
  how.threads = 2;
  how.on_layer = [&](const LayerRun& layer) { answer.flop += layer.flop; };
  Detections detections;
  Detector detector(std::move(engine), how);
  detector.detect(cloud.view(), detections);
  answer.flop = 0;  // The first frame's had the backgrounds too.
  detector.detect(cloud.view(), detections);
  answer.boxes = detections.boxes;
  return answer;
}

/// The same by whole maps, which don't depend on the threshold.
class Eager {
 public:
  Eager(std::shared_ptr<const Engine> engine, const Cloud& cloud)
      : spec_(engine->model()), front_end_(engine), frame_(front_end_.run(cloud.view())) {
    auto session = engine->body().rpn->create_session(threads_);
    session->run(frame_.image);
    session->observe([this](const LayerRun& layer) { flop_ += layer.flop; });
    ModelSpec everything = spec_;
    everything.post.score_threshold = 0;
    rpn_ = std::make_unique<Rpn>(engine->body().plan.rpn, everything, std::move(session));
    maps_ = &rpn_->run(frame_.image);
  }

  Answer boxes(float threshold) const {
    ModelSpec spec = spec_;
    spec.post.score_threshold = threshold;
    Decode decode(spec);
    Nms nms(spec, {});
    Detections detections;
    nms.run(decode.run(*maps_, frame_.pillars, detections.stats), detections);
    return {detections.boxes, flop_};
  }

 private:
  ModelSpec spec_;
  FrontEnd front_end_;
  FrontEnd::Frame frame_;
  ThreadPool threads_{2};
  double flop_ = 0;
  std::unique_ptr<Rpn> rpn_;
  const HeadMaps* maps_ = nullptr;
};

void expect_equal_boxes(const std::string& yaml, const Cloud& cloud, bool fewer) {
  for (const char* precision : {"fp32", "bf16"}) {
    const auto engine = Engine::open(yaml, options(precision));
    const Eager whole_maps(engine, cloud);
    for (const float threshold : {0.05f, 0.3f, 0.6f, 0.99f}) {
      SCOPED_TRACE(std::string(precision) + ", threshold " + std::to_string(threshold));
      const Answer lazy = lazily(engine, threshold, cloud);
      const Answer eager = whole_maps.boxes(threshold);
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
