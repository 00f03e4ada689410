// The plugins as TensorRT sees them, without TensorRT: this program is compiled once for each major
// version's headers and plays the library's part.
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <map>
#include <string>

#include "tensorrt/plugin.hpp"
#include "tests/device.hpp"

namespace {

class Ears final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override {
    if (severity <= Severity::kERROR) heard = message;
  }
  std::string heard;
};
Ears ears;

class Finder final : public nvinfer1::ILoggerFinder {
 public:
  nvinfer1::ILogger* findLogger() override { return &ears; }
} finder;

}  // namespace

extern "C" void setLoggerFinder(nvinfer1::ILoggerFinder* finder);

namespace colonnade::plugins {
namespace {

using nvinfer1::DataType;
using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;

/// A dimension: its number, or -1 where it's dynamic.
class Dimension final : public nvinfer1::IDimensionExpr {
 public:
  explicit Dimension(std::int64_t value) : value_(value) { mImpl = &value_; }

 private:
  struct Value final : nvinfer1::apiv::VDimensionExpr {
    explicit Value(std::int64_t given) : value(given) {}
    bool isConstant() const override { return value >= 0; }
#if NV_TENSORRT_MAJOR >= 10
    std::int64_t getConstantValue() const override {
      return value;
    }
    bool isSizeTensor() const override {
      return false;
    }
#else
    std::int32_t getConstantValue() const override {
      return static_cast<std::int32_t>(value);
    }
#endif
    std::int64_t value;
  } value_;
};

class Dimensions final : public nvinfer1::IExprBuilder {
 public:
  Dimensions() { mImpl = &made_; }
  const nvinfer1::IDimensionExpr* of(std::int64_t value) { return made_.of(value); }
  nvinfer1::DimsExprs shape(const std::vector<std::int64_t>& dims) {
    nvinfer1::DimsExprs shape{};
    for (const std::int64_t dim : dims) shape.d[shape.nbDims++] = of(dim);
    return shape;
  }

 private:
  struct Made final : nvinfer1::apiv::VExprBuilder {
    const nvinfer1::IDimensionExpr* of(std::int64_t value) {
      return &all.try_emplace(value, value).first->second;
    }
#if NV_TENSORRT_MAJOR >= 10
    const nvinfer1::IDimensionExpr* constant(std::int64_t value) override {
      return of(value);
    }
    const nvinfer1::IDimensionExpr* declareSizeTensor(std::int32_t, const nvinfer1::IDimensionExpr&,
                                                      const nvinfer1::IDimensionExpr&) override {
      return nullptr;
    }
#else
    const nvinfer1::IDimensionExpr* constant(std::int32_t value) override {
      return of(value);
    }
#endif
    const nvinfer1::IDimensionExpr* operation(nvinfer1::DimensionOperation,
                                              const nvinfer1::IDimensionExpr&,
                                              const nvinfer1::IDimensionExpr&) override {
      return nullptr;
    }
    std::map<std::int64_t, Dimension> all;
  } made_;
};

std::vector<std::int64_t> numbers(const nvinfer1::DimsExprs& shape) {
  std::vector<std::int64_t> dims;
  for (std::int32_t i = 0; i < shape.nbDims; ++i) {
    dims.push_back(shape.d[i]->isConstant() ? shape.d[i]->getConstantValue() : -1);
  }
  return dims;
}

nvinfer1::PluginTensorDesc desc(DataType type, const std::vector<std::int64_t>& dims = {}) {
  nvinfer1::PluginTensorDesc made{};
  made.type = type;
  made.format = nvinfer1::TensorFormat::kLINEAR;
  for (const std::int64_t dim : dims) {
    made.dims.d[made.dims.nbDims++] =
        static_cast<std::remove_reference_t<decltype(made.dims.d[0])>>(dim);
  }
  return made;
}

PluginCreator& creator(const std::string& name) {
  setLoggerFinder(&finder);
  for (AnyPluginCreator* any : plugin_creators()) {
    auto* one = static_cast<PluginCreator*>(any);
    if (one->getPluginName() == name) return *one;
  }
  throw std::runtime_error("no plugin " + name);
}

/// Of the device; none, for what is refused before it's looked at.
struct Memory {
  const void* inputs[4] = {};
  void* outputs[4] = {};
  void* workspace = nullptr;
};

/// One plugin, asked in the words of this version's interface.
class Asked {
 public:
#if NV_TENSORRT_MAJOR >= 10
  using Interface = nvinfer1::IPluginV3;
  using Build = nvinfer1::IPluginV3OneBuild;
  using Run = nvinfer1::IPluginV3OneRuntime;

  static Interface* make(const std::string& name, const nvinfer1::PluginFieldCollection& fields) {
    return creator(name).createPlugin("", &fields, nvinfer1::TensorRTPhase::kBUILD);
  }
  /// As a plan keeps it and gives it back.
  Asked reloaded(const std::string& name) const {
    return Asked(creator(name).createPlugin("", run().getFieldsToSerialize(),
                                            nvinfer1::TensorRTPhase::kRUNTIME));
  }
  std::int32_t outputs() const {
    return build().getNbOutputs();
  }
  std::vector<std::int64_t> output(std::int32_t at, std::vector<nvinfer1::DimsExprs> inputs,
                                   Dimensions& dimensions) const {
    std::vector<nvinfer1::DimsExprs> shapes(static_cast<std::size_t>(outputs()));
    build().getOutputShapes(inputs.data(), static_cast<std::int32_t>(inputs.size()), nullptr, 0,
                            shapes.data(), outputs(), dimensions);
    return numbers(shapes[static_cast<std::size_t>(at)]);
  }
  bool takes(const std::vector<nvinfer1::PluginTensorDesc>& tensors) const {
    std::vector<nvinfer1::DynamicPluginTensorDesc> given;
    for (const auto& tensor : tensors)
      given.push_back({tensor, tensor.dims, tensor.dims, tensor.dims});
    const std::int32_t inputs = static_cast<std::int32_t>(tensors.size()) - outputs();
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(tensors.size()); ++at) {
      if (!build().supportsFormatCombination(at, given.data(), inputs, outputs())) return false;
    }
    return true;
  }
  std::size_t workspace(const std::vector<nvinfer1::PluginTensorDesc>& inputs) const {
    std::vector<nvinfer1::DynamicPluginTensorDesc> given;
    for (const auto& input : inputs) given.push_back({input, input.dims, input.dims, input.dims});
    return build().getWorkspaceSize(given.data(), static_cast<std::int32_t>(given.size()), nullptr,
                                    1);
  }
  std::int32_t enqueue(const std::vector<nvinfer1::PluginTensorDesc>& inputs,
                       const Memory& at = {}) const {
    return run().enqueue(inputs.data(), nullptr, at.inputs, at.outputs, at.workspace, nullptr);
  }
  Asked copy() const {
    return Asked(plugin_->clone());
  }

 private:
  Build& build() const {
    return *static_cast<Build*>(
        plugin_->getCapabilityInterface(nvinfer1::PluginCapabilityType::kBUILD));
  }
  Run& run() const {
    return *static_cast<Run*>(
        plugin_->getCapabilityInterface(nvinfer1::PluginCapabilityType::kRUNTIME));
  }
  struct Destroy {
    void operator()(Interface* plugin) const { delete plugin; }
  };
#else
  using Interface = nvinfer1::IPluginV2DynamicExt;

  static Interface* make(const std::string& name, const nvinfer1::PluginFieldCollection& fields) {
    return static_cast<Interface*>(creator(name).createPlugin("", &fields));
  }
  Asked reloaded(const std::string& name) const {
    std::vector<char> bytes(plugin_->getSerializationSize());
    plugin_->serialize(bytes.data());
    EXPECT_EQ(creator(name).deserializePlugin("", bytes.data(), bytes.size() - 1), nullptr);
    EXPECT_NE(ears.heard.find("aren't this plugin's"), std::string::npos);
    return Asked(
        static_cast<Interface*>(creator(name).deserializePlugin("", bytes.data(), bytes.size())));
  }
  std::int32_t outputs() const {
    return plugin_->getNbOutputs();
  }
  std::vector<std::int64_t> output(std::int32_t at, std::vector<nvinfer1::DimsExprs> inputs,
                                   Dimensions& dimensions) const {
    return numbers(plugin_->getOutputDimensions(
        at, inputs.data(), static_cast<std::int32_t>(inputs.size()), dimensions));
  }
  bool takes(const std::vector<nvinfer1::PluginTensorDesc>& tensors) const {
    const std::int32_t inputs = static_cast<std::int32_t>(tensors.size()) - outputs();
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(tensors.size()); ++at) {
      if (!plugin_->supportsFormatCombination(at, tensors.data(), inputs, outputs())) return false;
    }
    return true;
  }
  std::size_t workspace(const std::vector<nvinfer1::PluginTensorDesc>& inputs) const {
    return plugin_->getWorkspaceSize(inputs.data(), static_cast<std::int32_t>(inputs.size()),
                                     nullptr, 1);
  }
  std::int32_t enqueue(const std::vector<nvinfer1::PluginTensorDesc>& inputs,
                       const Memory& at = {}) const {
    return plugin_->enqueue(inputs.data(), nullptr, at.inputs, at.outputs, at.workspace, nullptr);
  }
  Asked copy() const {
    return Asked(plugin_->clone());
  }

 private:
  struct Destroy {
    void operator()(Interface* plugin) const { plugin->destroy(); }
  };
#endif

 public:
  explicit Asked(Interface* plugin) : plugin_(plugin) {}
  Asked(const std::string& name, const std::vector<PluginField>& fields) {
    ears.heard.clear();
    plugin_.reset(make(name, {static_cast<std::int32_t>(fields.size()), fields.data()}));
  }
  explicit operator bool() const {
    return plugin_ != nullptr;
  }

 private:
  std::unique_ptr<Interface, Destroy> plugin_;
};

constexpr std::int32_t kShape[2] = {248, 216};
const PluginField kDenseShape{"dense_shape", kShape, PluginFieldType::kINT32, 2};

TEST(ScatterPlugin, StandsUnderEachOfTheFieldsNames) {
  for (const char* name : {"ScatterBEV", "PPScatterPlugin", "PillarScatterPlugin", "Pillarize"}) {
    EXPECT_STREQ(creator(name).getPluginVersion(), "1") << name;
    EXPECT_STREQ(creator(name).getPluginNamespace(), "") << name;
    EXPECT_GT(creator(name).getFieldNames()->nbFields, 0) << name;
  }
  EXPECT_EQ(plugin_creators().size(), 4u);
}

TEST(ScatterPlugin, TellsTheImageOfEachForm) {
  Dimensions dimensions;
  const Asked plugin("PPScatterPlugin", {kDenseShape});
  ASSERT_TRUE(plugin);
  const auto image = [&](const std::vector<std::int64_t>& features,
                         const std::vector<std::int64_t>& coords,
                         const std::vector<std::int64_t>& count) {
    return plugin.output(
        0, {dimensions.shape(features), dimensions.shape(coords), dimensions.shape(count)},
        dimensions);
  };
  using Dims = std::vector<std::int64_t>;
  EXPECT_EQ(image({-1, 64}, {-1, 4}, {1}), (Dims{1, 64, 248, 216}));
  EXPECT_EQ(image({10000, 1, 64}, {10000, 4}, {1}), (Dims{1, 64, 248, 216}));
  EXPECT_EQ(image({10000, 32, 1}, {10000, 4}, {1}), (Dims{1, 32, 248, 216}));
  EXPECT_EQ(image({4, 10000, 64}, {4, 10000, 4}, {4}), (Dims{4, 64, 248, 216}));
  EXPECT_EQ(image({-1, 10000, 1}, {-1, 10000, 4}, {-1}), (Dims{-1, 1, 248, 216}));
  EXPECT_EQ(image({10000, 64}, {1, 1, 10000, 4}, {1, 1, 1, 5}), (Dims{1, 64, 248, 216}));
}

TEST(ScatterPlugin, IsTheSameOutOfAPlanAndAsACopy) {
  Dimensions dimensions;
  const std::vector<nvinfer1::DimsExprs> inputs{dimensions.shape({-1, 9}),
                                                dimensions.shape({-1, 4}), dimensions.shape({1})};
  const std::vector<std::int64_t> expected{1, 9, 248, 216};
  const Asked plugin("PillarScatterPlugin", {kDenseShape});
  EXPECT_EQ(plugin.reloaded("PillarScatterPlugin").output(0, inputs, dimensions), expected);
  EXPECT_EQ(plugin.copy().output(0, inputs, dimensions), expected);
}

TEST(ScatterPlugin, WantsItsImageButForScatterBev) {
  EXPECT_FALSE(Asked("PPScatterPlugin", {}));
  EXPECT_EQ(ears.heard, "PPScatterPlugin: attribute 'dense_shape': expected 2 int32, found none");
  EXPECT_FALSE(Asked("PPScatterPlugin", {{"dense_shape", kShape, PluginFieldType::kINT32, 1}}));
  constexpr std::int32_t kNone[2] = {0, 216};
  EXPECT_FALSE(Asked("PPScatterPlugin", {{"dense_shape", kNone, PluginFieldType::kINT32, 2}}));
  EXPECT_NE(ears.heard.find("found [0, 216]"), std::string::npos) << ears.heard;
  Dimensions dimensions;
  const Asked plugin("ScatterBEV", {});
  ASSERT_TRUE(plugin);
  EXPECT_EQ(plugin.output(0,
                          {dimensions.shape({10000, 64}), dimensions.shape({1, 1, 10000, 4}),
                           dimensions.shape({1, 1, 1, 5})},
                          dimensions),
            (std::vector<std::int64_t>{1, 64, 496, 432}));
}

TEST(ScatterPlugin, TakesEachExportersTypes) {
  const Asked plugin("PPScatterPlugin", {kDenseShape});
  const auto takes = [&](DataType features, DataType coords, DataType count, DataType image) {
    return plugin.takes({desc(features), desc(coords), desc(count), desc(image)});
  };
  constexpr DataType kF = DataType::kFLOAT, kH = DataType::kHALF, kI8 = DataType::kINT8,
                     kI = DataType::kINT32;
  for (const DataType type : {kF, kH, kI8}) EXPECT_TRUE(takes(type, kI, kI, type));
  EXPECT_TRUE(takes(kF, kF, kF, kF));  // ScatterBEV.
  EXPECT_FALSE(takes(kF, kI, kF, kF));
  EXPECT_FALSE(takes(kF, kI, kI, kH));
  EXPECT_FALSE(takes(kI, kI, kI, kI));
  nvinfer1::PluginTensorDesc packed = desc(kH);
  packed.format = nvinfer1::TensorFormat::kCHW2;
  EXPECT_FALSE(plugin.takes({packed, desc(kI), desc(kI), desc(kH)}));
}

TEST(ScatterPlugin, HoldsAnOwnerACell) {
  const Asked plugin("PPScatterPlugin", {kDenseShape});
  constexpr DataType kF = DataType::kFLOAT, kI = DataType::kINT32;
  EXPECT_EQ(plugin.workspace({desc(kF, {9, 64}), desc(kI, {9, 4}), desc(kI, {1})}),
            248u * 216u * 4u);
}

/// Sizes that disagree are refused before anything is read.
TEST(ScatterPlugin, RefusesSizesThatDontFitTogether) {
  const Asked plugin("PPScatterPlugin", {kDenseShape});
  constexpr DataType kF = DataType::kFLOAT, kI = DataType::kINT32;
  EXPECT_EQ(plugin.enqueue({desc(kF, {10, 64}), desc(kI, {9, 4}), desc(kI, {1})}), 1);
  EXPECT_NE(ears.heard.find("found 640, 36 and 1 elements"), std::string::npos) << ears.heard;
  EXPECT_EQ(plugin.enqueue({desc(kF, {10, 64}), desc(kI, {10, 4}), desc(kI, {2})}), 1);
  EXPECT_EQ(plugin.enqueue({desc(kF, {2, 10, 64}), desc(kI, {2, 10, 4}), desc(kI, {1})}), 1);
  EXPECT_EQ(plugin.enqueue({desc(kF, {10}), desc(kI, {10, 4}), desc(kI, {1})}), 1);
}

/// Three pillars of two channels into 2 x 2 cells, the last beyond the count.
template <typename T>
void expect_scattered(const char* name, DataType type, const std::vector<T>& features,
                      const std::vector<T>& expected) {
  SCOPED_TRACE(name);
  constexpr std::int32_t kImage[2] = {2, 2};
  const Asked plugin(name, {{"dense_shape", kImage, PluginFieldType::kINT32, 2}});
  ASSERT_TRUE(plugin) << ears.heard;
  const bool is_bev = std::string(name) == "ScatterBEV";
  const std::vector<std::int32_t> cells{0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1};
  const testing::OnDevice<T> given(features), image(expected.size());
  const testing::OnDevice<std::int32_t> coords(cells), count(std::vector<std::int32_t>{2});
  const testing::OnDevice<float> float_coords(std::vector<float>(cells.begin(), cells.end()));
  const testing::OnDevice<std::uint32_t> params(std::vector<std::uint32_t>{1, 2, 2, 2, 2});
  constexpr DataType kI = DataType::kINT32, kF = DataType::kFLOAT;
  const std::vector<nvinfer1::PluginTensorDesc> inputs{
      desc(type, {3, 2}), is_bev ? desc(kF, {1, 1, 3, 4}) : desc(kI, {3, 4}),
      is_bev ? desc(kF, {1, 1, 1, 5}) : desc(kI, {1})};
  const testing::OnDevice<unsigned char> workspace(plugin.workspace(inputs));
  Memory at{{given.data(), coords.data(), count.data()}, {image.data()}, workspace.data()};
  if (is_bev) {
    at.inputs[1] = float_coords.data();
    at.inputs[2] = params.data();
  }
  ASSERT_EQ(plugin.enqueue(inputs, at), 0) << ears.heard;
  EXPECT_EQ(image.read(), expected);
}

TEST(ScatterPlugin, ScattersEachElementTypeOnADevice) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  for (const char* name : {"PPScatterPlugin", "PillarScatterPlugin", "ScatterBEV"}) {
    expect_scattered<float>(name, DataType::kFLOAT, {1, 2, 3, 4, 5, 6}, {1, 0, 0, 3, 2, 0, 0, 4});
    expect_scattered<std::uint16_t>(name, DataType::kHALF, {0x3c00, 0x4000, 0x4200, 0x4400, 7, 8},
                                    {0x3c00, 0, 0, 0x4200, 0x4000, 0, 0, 0x4400});
    expect_scattered<std::int8_t>(name, DataType::kINT8, {1, -2, 3, -128, 5, 6},
                                  {1, 0, 0, 3, -2, 0, 0, -128});
  }
}

constexpr float kRange[6] = {0, -39.68f, -3, 69.12f, 39.68f, 1};
constexpr float kCell[2] = {0.16f, 0.16f};
constexpr std::int32_t kPillars = 12000, kPoints = 32;
const std::vector<PluginField> kPillarize{{"range", kRange, PluginFieldType::kFLOAT32, 6},
                                          {"cell", kCell, PluginFieldType::kFLOAT32, 2},
                                          {"max_pillars", &kPillars, PluginFieldType::kINT32, 1},
                                          {"max_points", &kPoints, PluginFieldType::kINT32, 1}};

TEST(PillarizePlugin, TellsItsOutputs) {
  Dimensions dimensions;
  const Asked first("Pillarize", kPillarize);
  ASSERT_TRUE(first) << ears.heard;
  const Asked plugin = first.reloaded("Pillarize");
  const std::vector<nvinfer1::DimsExprs> inputs{dimensions.shape({-1, 5}), dimensions.shape({1})};
  using Dims = std::vector<std::int64_t>;
  ASSERT_EQ(plugin.outputs(), 4);
  EXPECT_EQ(plugin.output(0, inputs, dimensions), (Dims{12000, 32, 5}));
  EXPECT_EQ(plugin.output(1, inputs, dimensions), (Dims{12000, 4}));
  EXPECT_EQ(plugin.output(2, inputs, dimensions), (Dims{12000}));
  EXPECT_EQ(plugin.output(3, inputs, dimensions), (Dims{1}));
  constexpr DataType kF = DataType::kFLOAT, kI = DataType::kINT32;
  EXPECT_TRUE(plugin.takes({desc(kF), desc(kI), desc(kF), desc(kI), desc(kI), desc(kI)}));
  EXPECT_FALSE(plugin.takes({desc(kF), desc(kI), desc(kF), desc(kF), desc(kI), desc(kI)}));
  EXPECT_EQ(plugin.enqueue({desc(kF, {100, 2}), desc(kI, {1})}), 1);
}

TEST(PillarizePlugin, PillarizesOnADevice) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  constexpr float kSmall[6] = {0, 0, -1, 2, 2, 1}, kUnit[2] = {1, 1};
  constexpr std::int32_t kThree = 3, kTwo = 2;
  const Asked plugin("Pillarize", {{"range", kSmall, PluginFieldType::kFLOAT32, 6},
                                   {"cell", kUnit, PluginFieldType::kFLOAT32, 2},
                                   {"max_pillars", &kThree, PluginFieldType::kINT32, 1},
                                   {"max_points", &kTwo, PluginFieldType::kINT32, 1}});
  ASSERT_TRUE(plugin) << ears.heard;
  // The first and the third share a cell; the fourth is beyond the count.
  const testing::OnDevice<float> points(std::vector<float>{0.5f, 0.5f, 0, 7, 1.5f, 0.5f, 0, 8,
                                                           0.25f, 0.25f, 0, 9, 1.5f, 1.5f, 0, 10});
  const testing::OnDevice<std::int32_t> count(std::vector<std::int32_t>{3});
  const testing::OnDevice<float> voxels(3 * 2 * 4);
  const testing::OnDevice<std::int32_t> coords(3 * 4), points_a_pillar(3), pillars(1);
  const std::vector<nvinfer1::PluginTensorDesc> inputs{desc(DataType::kFLOAT, {4, 4}),
                                                       desc(DataType::kINT32, {1})};
  const testing::OnDevice<unsigned char> workspace(plugin.workspace(inputs));
  ASSERT_EQ(plugin.enqueue(inputs,
                           {{points.data(), count.data()},
                            {voxels.data(), coords.data(), points_a_pillar.data(), pillars.data()},
                            workspace.data()}),
            0)
      << ears.heard;
  EXPECT_EQ(pillars.read(), (std::vector<std::int32_t>{2}));
  EXPECT_EQ(points_a_pillar.read(), (std::vector<std::int32_t>{2, 1, 0}));
  EXPECT_EQ(coords.read(), (std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, 1, -1, -1, -1, -1}));
  EXPECT_EQ(voxels.read(), (std::vector<float>{0.5f, 0.5f, 0, 7, 0.25f, 0.25f, 0, 9,  //
                                               1.5f, 0.5f, 0, 8, 0,     0,     0, 0,  //
                                               0,    0,    0, 0, 0,     0,     0, 0}));
}

TEST(PillarizePlugin, RefusesAGridThatIsNone) {
  std::vector<PluginField> fields = kPillarize;
  constexpr float kNone[2] = {0, 0.16f};
  fields[1].data = kNone;
  EXPECT_FALSE(Asked("Pillarize", fields));
  EXPECT_NE(ears.heard.find("'cell' [x, y]"), std::string::npos) << ears.heard;
  fields.erase(fields.begin());
  EXPECT_FALSE(Asked("Pillarize", fields));
  EXPECT_EQ(ears.heard, "Pillarize: attribute 'range': expected 6 float, found none");
}

}  // namespace
}  // namespace colonnade::plugins
