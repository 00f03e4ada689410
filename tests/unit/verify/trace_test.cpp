// A trace made of the demo model's own frame, its pillars in another order, right and with one
// stage wrong. tests/cli/test_trace.py has points, pillars, features and boxes made elsewhere.
#include "verify/trace.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "detector/engine_body.hpp"
#include "measure/front_end.hpp"
#include "sample/demo_model.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

class TraceTest : public ::testing::Test {
 protected:
  TraceTest() : yaml_(sample::write_demo_model(folder_.path().string(), 2026, sample::kSmall)) {
    options_.direct = true;
    Random random(3);
    Tensor points(DType::f32, {4000, 4});
    for (std::size_t i = 0; i < points.elements(); i += 4) {
      float* p = points.as<float>() + i;
      p[0] = static_cast<float>(random.uniform(1, 19));
      p[1] = static_cast<float>(random.uniform(-9, 9));
      p[2] = static_cast<float>(random.uniform(-2, 0));
      p[3] = static_cast<float>(random.uniform());
    }
    FrontEnd front_end(yaml_, options_);
    const auto frame = front_end.run(view_xyzi(points.as<float>(), 4000));
    const std::int64_t count = frame.pillars.count, channels = frame.features.channels;
    Tensor coords(DType::i32, {count, 4}), counts(DType::i32, {count});
    Tensor features(DType::f32, {count, channels});
    for (std::int64_t p = 0; p < count; ++p) {
      const std::int64_t q = count - 1 - p;
      coords.as<std::int32_t>()[q * 4 + 2] = frame.pillars.cells[p].iy;
      coords.as<std::int32_t>()[q * 4 + 3] = frame.pillars.cells[p].ix;
      counts.as<std::int32_t>()[q] = frame.pillars.counts[p];
      std::copy_n(frame.features.data + p * channels, channels,
                  features.as<float>() + q * channels);
    }
    trace_ = {{"points", points},
              {"coords", coords},
              {"num_points", counts},
              {"pillar_features", features},
              {"bev", dense(frame.image)}};
    const Graph& rpn = front_end.engine().body().plan.rpn.graph;
    ThreadPool threads(1);
    const auto session = front_end.engine().body().rpn->create_session(threads);
    session->run(frame.image);
    for (std::size_t k = 0; k < rpn.outputs.size(); ++k) {
      const ConstTensorView view = session->outputs()[k];
      head_ = "head_" + rpn.values[rpn.outputs[k]].name;
      Tensor map(view.dtype, view.shape);
      std::copy_n(view.as<float>(), map.elements(), map.as<float>());
      trace_[head_] = map;
    }
  }

  /// The name and the cause of the first stage that differs.
  std::pair<std::string, std::string> first() {
    for (const TraceStage& stage : compare_trace(yaml_, trace_, options_, {})) {
      if (!stage.fits) return {stage.name, stage.cause};
    }
    return {};
  }

  testing::TemporaryFolder folder_;
  std::string yaml_, head_;
  EngineOptions options_;
  Trace trace_;
};

TEST_F(TraceTest, FitsInAnyOrderOfPillars) {
  const auto stages = compare_trace(yaml_, trace_, options_, {{0, 0}, .01});
  std::vector<std::string> compared;
  for (const TraceStage& stage : stages) {
    EXPECT_TRUE(stage.fits) << stage.name << ": " << stage.detail;
    if (stage.compared) compared.push_back(stage.name);
  }
  EXPECT_EQ(compared,
            (std::vector<std::string>{"pillars", "pillar features", "bev", "head cls_preds",
                                      "head box_preds", "head dir_cls_preds"}));
}

TEST_F(TraceTest, NamesThePillarNet) {
  trace_["pillar_features"].as<float>()[5] += .1F;
  EXPECT_EQ(first().first, "pillar features");
  EXPECT_NE(first().second.find("PFN's weights"), std::string::npos);
}

TEST_F(TraceTest, NamesTheScatter) {
  Tensor& image = trace_["bev"];
  const Shape& shape = image.shape();
  std::reverse(image.as<float>(), image.as<float>() + shape[2] * shape[3]);
  EXPECT_EQ(first().first, "bev");
}

TEST_F(TraceTest, NamesTheHead) {
  trace_[head_].as<float>()[0] += .1F;
  EXPECT_EQ(first().first, "head dir_cls_preds");
  EXPECT_NE(first().second.find("weights"), std::string::npos);
}

TEST_F(TraceTest, NamesACapOfPoints) {
  trace_["num_points"].as<std::int32_t>()[0] += 1;
  EXPECT_EQ(first().first, "pillars");
  EXPECT_NE(first().second.find("pillars.max_points"), std::string::npos);
}

}  // namespace
}  // namespace colonnade
