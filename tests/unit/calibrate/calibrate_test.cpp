// Calibrations of graphs against what the oracle's own run shows; saved ones.
#include "calibrate/calibrate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/file.hpp"
#include "base/npy.hpp"
#include "calibrate/calibration_file.hpp"
#include "fails_with.hpp"
#include "temporary_folder.hpp"
#include "unit/cpu/graphs.hpp"

namespace colonnade {
namespace {

using cpu::GraphBuilder;
using testing::fails_with;

class Calibrate : public ::testing::Test {
 protected:
  Calibrate() {
    op::Window same, twice;
    same.pads = {1, 1, 1, 1};
    twice.strides = {2, 2};
    const ValueId map = b_.relu(b_.conv(b_.input(image_), {6, 4, 3, 3}, same));
    const ValueId up = b_.relu(b_.conv_transpose(map, {6, 5, 2, 2}, twice));
    b_.output(b_.conv(up, {3, 5, 1, 1}));
    inputs_ = {b_.random(image_, 0, 2), b_.random(image_, -0.5F, 3)};
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      files_.push_back(folder_.file(fmt::format("{}.npy", i)));
      write_npy(files_.back(), inputs_[i].view());
    }
  }
  EngineCalibration calibrate(const std::vector<std::string>& files) const {
    ModelTarget target{"cpu", {}};
    target.compile.precision = Precision::int8;  // Which isn't what it's done in.
    return calibrate_graph(b_.graph, target, {files, CalibrationMethod::minmax, {}});
  }

  const Shape image_{1, 4, 9, 7};
  GraphBuilder b_;
  std::vector<Tensor> inputs_;
  testing::TemporaryFolder folder_;
  std::vector<std::string> files_;
};

TEST_F(Calibrate, FindsWhatEachConvolutionsInputReaches) {
  std::map<std::string, TensorRange> expected;  // By tensor, of all of them.
  const auto see = [&](ValueId id, const ConstTensorView& view) {
    TensorRange& range = expected[b_.graph.values[id].name];
    range.highs.resize(static_cast<std::size_t>(view.shape[1]));
    const std::int64_t plane = view.shape[2] * view.shape[3];
    for (std::int64_t i = 0; i < view.shape.elements(); ++i) {
      const float value = static_cast<const float*>(view.data)[i];
      float& high = range.highs[static_cast<std::size_t>(i / plane)];
      high = std::max(high, value);
      range.low = std::min(range.low, value);
    }
  };
  for (const Tensor& input : inputs_) {
    const ConstTensorView view = input.view();
    see(b_.graph.inputs[0], view);
    evaluate(b_.graph, {&view, 1},
             [&](const Node& node, auto out) { see(node.outputs[0], out[0]); });
  }
  const EngineCalibration found = calibrate(files_);
  ASSERT_EQ(found.ranges.size(), 3U);
  for (const TensorRange& range : found.ranges) {
    SCOPED_TRACE(range.tensor);
    const TensorRange& exact = expected.at(range.tensor);
    EXPECT_NEAR(range.low, exact.low, 1e-5);
    ASSERT_EQ(range.highs.size(), exact.highs.size());
    for (std::size_t c = 0; c < range.highs.size(); ++c) {
      EXPECT_NEAR(range.highs[c], exact.highs[c], 1e-4);
    }
  }
  EXPECT_EQ(found.clouds, hashes_of(files_));
  EXPECT_NE(found.clouds[0], found.clouds[1]);
}

// Of the coarse map one cell, of the one that a stride of 2 brings up a cell of each phase.
TEST_F(Calibrate, FindsWhatAnEmptyImageGives) {
  const Tensor empty(DType::f32, image_);
  const ConstTensorView view = empty.view();
  std::map<std::string, std::set<std::vector<float>>> expected;
  evaluate(b_.graph, {&view, 1}, [&](const Node& node, auto out) {
    const std::int64_t plane = out[0].shape[2] * out[0].shape[3], width = out[0].shape[3];
    for (const std::int64_t cell : {4 * width + 4, 4 * width + 5, 5 * width + 4, 5 * width + 5}) {
      std::vector<float> values;
      for (std::int64_t c = 0; c < out[0].shape[1]; ++c) {
        values.push_back(static_cast<const float*>(out[0].data)[c * plane + cell]);
      }
      expected[b_.graph.values[node.outputs[0]].name].insert(std::move(values));
    }
  });
  const std::vector<TensorRange> found = calibrate(files_).ranges;
  ASSERT_EQ(found.size(), 3U);
  std::vector<std::size_t> cells;
  for (const TensorRange& range : found) {
    const std::set<std::vector<float>>& exact = expected[range.tensor];
    ASSERT_EQ(range.background.size() % range.highs.size(), 0U);
    cells.push_back(range.background.size() / range.highs.size());
    if (exact.empty()) continue;  // The image.
    std::size_t i = 0;
    ASSERT_EQ(cells.back(), exact.size());
    for (const std::vector<float>& cell : exact) {
      for (const float value : cell) EXPECT_NEAR(range.background[i++], value, 1e-5);
    }
  }
  std::sort(cells.begin(), cells.end());
  EXPECT_EQ(cells, (std::vector<std::size_t>{0, 1, 4}));
}

TEST_F(Calibrate, NamesTheFileThatDoesntDo) {
  Tensor other(DType::f32, {1, 4, 9, 8});
  write_npy(folder_.file("other.npy"), other.view());
  EXPECT_TRUE(fails_with([&] { calibrate({files_[0], folder_.file("other.npy")}); }, "other.npy"));
  Tensor holes = inputs_[0].clone();
  holes.as<float>()[5] = NAN;
  write_npy(folder_.file("holes.npy"), holes.view());
  EXPECT_TRUE(fails_with([&] { calibrate({folder_.file("holes.npy")}); }, "holes.npy"));
  EXPECT_TRUE(fails_with([&] { calibrate({folder_.file("none.npy")}); }, "none.npy"));
}

TEST_F(Calibrate, IsTheSameWhenItsReadAgain) {
  EngineCalibration written = calibrate(files_);
  written.method = "minmax";
  written.model = "0123";
  const std::string path = folder_.file("c.json");
  write_calibration(path, written);
  const EngineCalibration read = read_calibration(path);
  EXPECT_EQ(read.method, written.method);
  EXPECT_EQ(read.model, written.model);
  EXPECT_EQ(read.clouds, written.clouds);
  ASSERT_EQ(read.ranges.size(), written.ranges.size());
  std::map<std::string, TensorRange> by_name;
  for (const TensorRange& range : read.ranges) by_name[range.tensor] = range;
  for (const TensorRange& range : written.ranges) {
    EXPECT_EQ(by_name.at(range.tensor).low, range.low);
    EXPECT_EQ(by_name.at(range.tensor).highs, range.highs);
    EXPECT_EQ(by_name.at(range.tensor).background, range.background);
  }
}

TEST_F(Calibrate, RefusesFilesThatAreNone) {
  const auto refuses = [&](const char* text, const char* why) {
    const std::string path = folder_.file("c.json");
    write_file(path, std::string_view(text));
    return fails_with([&] { read_calibration(path); }, why);
  };
  EXPECT_TRUE(refuses("", "isn't a calibration"));
  EXPECT_TRUE(refuses("{\"a\": 1}", "isn't a calibration"));
  EXPECT_TRUE(refuses("{\"colonnade_calibration\": 1}", "another version"));
  EXPECT_TRUE(refuses("{\"colonnade_calibration\": 2}", "no whole calibration"));
  const std::string head =
      "{\"colonnade_calibration\": 2, \"method\": \"minmax\", \"model\": \"\", \"clouds\": [], "
      "\"ranges\": ";
  EXPECT_TRUE(refuses((head + "{\"a\": [1]}}").c_str(), "no whole calibration"));
  const auto with = [&](const std::string& highs, const std::string& background) {
    return head + "{\"a\": {\"low\": 0, \"highs\": " + highs + ", \"background\": " + background +
           "}}}";
  };
  EXPECT_TRUE(refuses(with("[-1]", "[]").c_str(), "'a'"));
  EXPECT_TRUE(refuses(with("[1e300]", "[]").c_str(), "'a'"));
  EXPECT_TRUE(refuses(with("[1, 2]", "[1]").c_str(), "'a' isn't whole cells: 1 values for 2"));
  EXPECT_TRUE(refuses(with("[]", "[1]").c_str(), "'a' isn't whole cells"));
}

}  // namespace
}  // namespace colonnade
