// From ONNX to boxes by `tensorrt`, where a played library (tests/played_tensorrt) keeps the graph
// and runs it by the cpu backend: all but TensorRT and the GPU is the real thing.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "base/npy.hpp"
#include "base/serial_executor.hpp"
#include "build/graph_source.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/io.hpp"
#include "colonnade/tensorrt.hpp"
#include "engine_file/contents.hpp"
#include "fails_with.hpp"
#include "fixtures.hpp"
#include "onnx/reader.hpp"
#include "onnx/writer.hpp"
#include "temporary_folder.hpp"
#include "tensorrt/quantize.hpp"
#include "unit/detector/demo.hpp"
#include "verify/comparison.hpp"
#include "verify/gate.hpp"
#include "verify/side.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::fails_with;
using testing::heaps;
using testing::XyziCloud;

TensorRtPlaces places() {
  // Found by its name from now on, a real one or none.
  static void* const cuda =
      ::dlopen((std::string(COLONNADE_PLAYED_TENSORRT) + "/libcuda.so.1").c_str(), RTLD_NOW);
  EXPECT_NE(cuda, nullptr) << ::dlerror();
  return {COLONNADE_PLAYED_TENSORRT, {}, {COLONNADE_PLAYED_TENSORRT}};
}

std::string golden(const char* name) {
  return std::string(COLONNADE_SOURCE_DIR) + "/tests/golden/" + name;
}

class Played : public ::testing::Test {
 protected:
  TensorRtReport build(const std::string& from, const std::string& to, BuildOptions options = {},
                       bool raw = false) {
    TensorRtBuild tensorrt;
    tensorrt.places = places();
    tensorrt.raw = raw;
    return onnx2plan(from, folder_.file(to), options, tensorrt);
  }
  GraphSource open(const std::string& name, const std::string& backend = "auto") {
    return open_graph(folder_.file(name), {backend, "auto", "auto"}, places());
  }
  std::shared_ptr<const Engine> open_engine(const std::string& name) {
    EngineOptions options;
    options.tensorrt = places();
    return Engine::open(folder_.file(name), options);
  }
  /// The engine's file with its contents changed.
  template <typename F>
  void change(const std::string& name, F&& f) {
    EngineContents contents = read_engine(folder_.file(name));
    f(contents);
    write_file_durably(folder_.file(name), encode(contents));
  }

  std::string stored_cloud(std::uint64_t seed) {
    const XyziCloud cloud = heaps(seed, 6);
    const std::string file = folder_.file("cloud" + std::to_string(seed) + ".bin");
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(cloud.data()),
               static_cast<std::streamsize>(cloud.size() * sizeof cloud[0]));
    return file;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Played, PlansOfGraphsAnswerAsTheGraphsDo) {
  const std::string onnx = golden("smallmunich/rpn.onnx");
  const Graph graph = read_onnx(onnx);
  build(onnx, "rpn.engine");
  build(onnx, "rpn.plan", {}, true);
  Tensor image(DType::f32, *graph.values[graph.inputs[0]].shape);
  Random random(1);
  for (std::size_t i = 0; i < image.elements(); ++i)
    image.as<float>()[i] = static_cast<float>(random.normal());
  const std::vector<ConstTensorView> inputs{image.view()};
  SerialExecutor threads;
  const auto expected = find_backend("cpu").compile(graph, {})->create_session(threads);
  expected->run(inputs);
  for (const auto& [file, backend] :
       {std::pair{"rpn.engine", "auto"}, std::pair{"rpn.plan", "tensorrt"}}) {
    SCOPED_TRACE(file);
    const GraphSource source = open(file, backend);
    EXPECT_EQ(source.isa_name(), "TensorRT-RTX 1.7.1 on Played GPU (compute capability 8.9)");
    const auto session =
        source.compile(std::vector<Shape>{image.shape()}, {})->create_session(threads);
    session->run(inputs);
    for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
      const std::string& name = graph.values[graph.outputs[k]].name;
      const ValueId id = source.graph.find_output(name);
      ASSERT_NE(id, kNoValue) << name;
      const auto at = std::find(source.graph.outputs.begin(), source.graph.outputs.end(), id) -
                      source.graph.outputs.begin();
      const ConstTensorView a = session->outputs()[static_cast<std::size_t>(at)],
                            b = expected->outputs()[k];
      ASSERT_EQ(a.shape, b.shape) << name;
      for (std::int64_t i = 0; i < b.shape.elements(); ++i)
        ASSERT_NEAR(a.as<float>()[i], b.as<float>()[i], 1e-4) << name << " at " << i;
    }
  }
}

TEST_F(Played, PlansKeepTheirProfiles) {
  BuildOptions options;
  options.dynamic_pillars = true;
  build(golden("smallmunich/mfn.onnx"), "mfn.plan", options, true);
  const GraphSource source = open("mfn.plan", "tensorrt");
  ASSERT_EQ(source.profiles.size(), 1u);
  const std::vector<InputProfile>& inputs = source.profiles[0].inputs;
  ASSERT_EQ(inputs.size(), 2u);
  EXPECT_EQ(inputs[0].min[0], 120);
  EXPECT_EQ(inputs[0].opt[0], 6000);
  EXPECT_EQ(inputs[0].max[0], 12000);
  std::vector<Shape> shapes{inputs[0].max, inputs[1].max};
  shapes[0][0] = 13000;
  EXPECT_TRUE(fails_with([&] { choose_profile(source.profiles, shapes); },
                         "dimension 0 is 13000, the engine's profile allows 120 to 12000"));
}

TEST_F(Played, PlansOfSeveralProfilesRunInTheOneThatTakesTheShapes) {
  const Graph graph = read_onnx(golden("smallmunich/mfn.onnx"));
  const auto shapes = [&](std::int64_t pillars) {
    std::vector<Shape> all;
    for (const ValueId id : graph.inputs) {
      all.push_back(*graph.values[id].shape);
      std::replace(all.back().begin(), all.back().end(), kUnknownDim, pillars);
    }
    return all;
  };
  BuildOptions options;
  for (const std::size_t number : {0, 1}) {
    const auto least = shapes(number == 0 ? 1 : 20), most = shapes(number == 0 ? 20 : 300);
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      options.profiles.push_back({graph.values[graph.inputs[i]].name,
                                  {least[i].begin(), least[i].end()},
                                  {},
                                  {most[i].begin(), most[i].end()},
                                  number});
    }
  }
  build(golden("smallmunich/mfn.onnx"), "mfn.plan", options, true);
  build(golden("smallmunich/mfn.onnx"), "mfn.engine", options);
  for (const auto& [file, backend] :
       {std::pair{"mfn.engine", "auto"}, std::pair{"mfn.plan", "tensorrt"}}) {
    SCOPED_TRACE(file);
    const GraphSource source = open(file, backend);
    ASSERT_EQ(source.profiles.size(), 2u);
    EXPECT_EQ(source.profiles[1].context_bytes, 2000u);
    SerialExecutor threads;
    const auto session = source.compile({}, {})->create_session(threads);
    for (const std::int64_t pillars : {300, 5, 21}) {
      std::vector<Tensor> tensors;
      std::vector<ConstTensorView> views;
      for (const ValueId id : source.graph.inputs) {
        Shape shape = *source.graph.values[id].shape;
        std::replace(shape.begin(), shape.end(), kUnknownDim, pillars);
        tensors.emplace_back(source.graph.values[id].dtype, shape);
      }
      std::vector<Shape> bound;
      for (const Tensor& tensor : tensors) {
        views.push_back(tensor.view());
        bound.push_back(tensor.shape());
      }
      const std::size_t profile = choose_profile(source.profiles, bound);
      EXPECT_EQ(profile, pillars > 20 ? 1u : 0u);
      session->use_profile(1 - profile);
      EXPECT_TRUE(fails_with([&] { session->run(views); }, "outside of the optimization profile"));
      session->use_profile(profile);
      session->run(views);
    }
  }
}

std::vector<Detections> detect_all(const std::shared_ptr<const Engine>& engine,
                                   const std::vector<XyziCloud>& clouds) {
  Detector detector(engine);
  std::vector<Detections> all;
  for (const XyziCloud& cloud : clouds) {
    all.emplace_back();
    detector.detect(testing::view(cloud), all.back());
  }
  return all;
}

std::vector<XyziCloud> some_clouds() {
  return {heaps(1, 6), {}, heaps(2, 1), heaps(3, 12)};
}

void expect_same_boxes(const std::vector<Detections>& found,
                       const std::vector<Detections>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t f = 0; f < found.size(); ++f) {
    SCOPED_TRACE(::testing::Message() << "cloud " << f);
    ASSERT_EQ(found[f].boxes.size(), expected[f].boxes.size());
    for (std::size_t i = 0; i < found[f].boxes.size(); ++i) {
      const Box &a = found[f].boxes[i], &b = expected[f].boxes[i];
      EXPECT_EQ(a.label, b.label);
      EXPECT_NEAR(a.score, b.score, tolerance);
      EXPECT_NEAR(a.x, b.x, tolerance);
      EXPECT_NEAR(a.yaw, b.yaw, tolerance);
    }
  }
}

TEST_F(Played, EnginesOfModelsDetectAsTheCpuDoes) {
  const TensorRtReport report = build(testing::demo_model(), "model.engine");
  EXPECT_NE(report.notes.front().find("the PFN runs on the CPU"), std::string::npos);
  const auto engine = open_engine("model.engine");
  EXPECT_EQ(engine->backend(), "tensorrt");
  EXPECT_EQ(engine->isa(), "TensorRT-RTX 1.7.1 on Played GPU (compute capability 8.9)");
  EXPECT_EQ(engine->precision(), "fp32");
  EngineOptions direct;
  direct.direct = true;
  const auto expected = detect_all(Engine::open(testing::demo_model(), direct), some_clouds());
  ASSERT_GT(expected[0].boxes.size(), 0u);
  expect_same_boxes(detect_all(engine, some_clouds()), expected, 1e-4);
}

TEST_F(Played, EnginesInFloat16AreNearlyThat) {
  BuildOptions options;
  options.precision = "fp16";
  build(testing::demo_model(), "half.engine", options);
  const auto engine = open_engine("half.engine");
  EXPECT_EQ(engine->precision(), "fp16");
  const std::vector<XyziCloud> clouds{heaps(1, 6)};
  const auto found = detect_all(engine, clouds),
             expected = detect_all(Engine::open(testing::demo_model()), clouds);
  EXPECT_NEAR(static_cast<double>(found[0].boxes.size()),
              static_cast<double>(expected[0].boxes.size()),
              0.1 * static_cast<double>(expected[0].boxes.size()) + 1);
}

/// Calibrated here, on clouds; the plan computes with Q and DQ as they are defined.
TEST_F(Played, EnginesInInt8HoldTheirCalibrationAndAreNearlyThat) {
  BuildOptions options;
  options.precision = "int8";
  EXPECT_TRUE(fails_with([&] { build(testing::demo_model(), "int8.engine", options); },
                         "give --calibrate CLOUDS"));
  for (const std::uint64_t seed : {1, 2, 3}) options.calibrate.push_back(stored_cloud(seed));
  const TensorRtReport report = build(testing::demo_model(), "int8.engine", options);
  EXPECT_NE(report.notes.back().find("convolutions compute with int8"), std::string::npos);
  const EngineContents contents = read_engine(folder_.file("int8.engine"));
  ASSERT_TRUE(contents.calibration);
  EXPECT_EQ(contents.calibration->clouds.size(), 3u);
  const auto& layers = contents.precision.layers;
  EXPECT_GT(layers.size(), 5u);
  for (const auto& layer : layers) EXPECT_EQ(layer.precision, "int8") << layer.name;

  const auto engine = open_engine("int8.engine");
  EXPECT_EQ(engine->precision(), "int8");
  const std::vector<XyziCloud> clouds{heaps(1, 6)};
  const auto found = detect_all(engine, clouds),
             expected = detect_all(Engine::open(testing::demo_model()), clouds);
  EXPECT_NEAR(static_cast<double>(found[0].boxes.size()),
              static_cast<double>(expected[0].boxes.size()),
              0.25 * static_cast<double>(expected[0].boxes.size()) + 1);
  EXPECT_NE(found[0].boxes[0].score, expected[0].boxes[0].score) << "nothing was rounded";

  options.layers = {{layers[0].name, "fp32"}};
  build(testing::demo_model(), "mixed.engine", options);
  const EngineContents mixed = read_engine(folder_.file("mixed.engine"));
  EXPECT_EQ(mixed.precision.layers.back().name, layers[0].name);
  EXPECT_EQ(mixed.precision.layers.back().precision, "fp32");
  options.layers = {{layers[0].name, "bf16"}};
  EXPECT_TRUE(fails_with([&] { build(testing::demo_model(), "mixed.engine", options); },
                         "can be set to fp32, where --precision is int8"));
  options.layers = {{"no_layer", "fp32"}};
  EXPECT_TRUE(fails_with([&] { build(testing::demo_model(), "mixed.engine", options); },
                         "layer 'no_layer': expected the name of a convolution's node"));
}

/// What an exporter has quantized is built as it stands.
TEST_F(Played, QuantizedGraphsAreNotQuantizedAgain) {
  BuildOptions options;
  options.precision = "int8";
  const Graph rpn = read_onnx(golden("smallmunich/rpn.onnx"));
  std::vector<TensorRange> ranges;
  for (const Value& value : rpn.values) ranges.push_back({value.name, 0, {1}});
  write_onnx_file(quantize_convolutions(rpn, ranges).graph, folder_.file("quantized.onnx"));
  Random random(5);
  Tensor image(DType::f32, *rpn.values[rpn.inputs[0]].shape);
  for (std::size_t i = 0; i < image.elements(); ++i)
    image.as<float>()[i] = static_cast<float>(std::abs(random.normal()));
  write_npy(folder_.file("image.npy"), image.view());
  options.calibrate = {folder_.file("image.npy")};
  build(golden("smallmunich/rpn.onnx"), "int8.plan", options, true);
  EXPECT_TRUE(fails_with([&] { build(folder_.file("quantized.onnx"), "no.plan", options, true); },
                         "the graph has its exporter's QuantizeLinear"));
  build(folder_.file("quantized.onnx"), "as_it_is.plan", {}, true);
  EXPECT_GT(fs::file_size(folder_.file("as_it_is.plan")), 0u);
}

/// As `compare` asks them: an engine and a plan are sides like the files that they're of.
TEST_F(Played, PlansAreSidesOfAComparison) {
  const std::string onnx = golden("smallmunich/rpn.onnx");
  build(testing::demo_model(), "model.engine");
  build(onnx, "rpn.plan", {}, true);
  const auto same = [](Side& a, Side& b, const Question& question) {
    const AnswerComparison found =
        compare_answers("question", a.answer(question), b.answer(question), {1e-4, 1e-4}, 0.01);
    return found.fits() && !found.tensors.empty();
  };
  SideOptions cpu, gpu, plan;
  gpu.tensorrt = plan.tensorrt = places();
  plan.backend = kTensorRtBackend;

  const Cloud cloud = read_cloud(stored_cloud(1));
  Question on_cloud{"cloud", &cloud, nullptr};
  const auto model = open_side(testing::demo_model(), cpu),
             engine = open_side(folder_.file("model.engine"), gpu);
  EXPECT_NE(engine->title().find("TensorRT-RTX 1.7.1 on Played GPU"), std::string::npos);
  EXPECT_TRUE(same(*model, *engine, on_cloud));
  ASSERT_TRUE(engine->answer(on_cloud).boxes);
  EXPECT_GT(engine->answer(on_cloud).boxes->size(), 0u);

  Feed feed;
  const Graph graph = read_onnx(onnx);
  Random random(6);
  Tensor image(DType::f32, *graph.values[graph.inputs[0]].shape);
  for (std::size_t i = 0; i < image.elements(); ++i)
    image.as<float>()[i] = static_cast<float>(random.normal());
  feed.tensors.push_back(std::move(image));
  const auto a = open_side(onnx, cpu), b = open_side(folder_.file("rpn.plan"), plan);
  EXPECT_TRUE(same(*a, *b, {"noise", nullptr, &feed}));
  feed.tensors[0].as<float>()[0] += 1;  // It does compare.
  const Answer moved = b->answer({"noise", nullptr, &feed});
  feed.tensors[0].as<float>()[0] -= 1;
  EXPECT_FALSE(
      compare_answers("", a->answer({"noise", nullptr, &feed}), moved, {1e-4, 1e-4}, 0.01).fits());

  plan.layers = gpu.layers = true;
  EXPECT_TRUE(fails_with([&] { open_side(folder_.file("rpn.plan"), plan); }, "--layers"));
  EXPECT_TRUE(fails_with([&] { open_side(folder_.file("model.engine"), gpu); }, "--layers"));
  plan.layers = false;
  plan.emulate = true;
  plan.precision = "fp16";
  EXPECT_TRUE(fails_with([&] { open_side(folder_.file("rpn.plan"), plan); }, "--emulate"));
  gpu.layers = false;
  gpu.precision = "fp16";
  EXPECT_TRUE(fails_with([&] { open_side(folder_.file("model.engine"), gpu); },
                         "asked for are backend auto and precision fp16"));
}

/// `verify` runs the plan that the engine holds, beside FP32 on the CPU.
TEST_F(Played, EnginesAreHeldAgainstFp32) {
  build(testing::demo_model(), "model.engine");
  GateRequest request;
  request.engine = folder_.file("model.engine");
  request.tensorrt = places();
  for (const std::uint64_t seed : {1, 2}) request.clouds.push_back(stored_cloud(seed));
  const GateReport report = Gate(request).judge();
  EXPECT_GT(report.gate.lost.of, 0u);
  EXPECT_EQ(report.gate.lost.count, 0u);
  EXPECT_EQ(report.gate.invented.count, 0u);
  store_gate(request.engine, report.gate);
  EXPECT_EQ(read_engine(request.engine).gate->frames, 2u);
  EXPECT_EQ(open_engine("model.engine")->backend(), "tensorrt");
}

TEST_F(Played, EnginesOfAnotherVersionAndTornPlansAreRefused) {
  build(testing::demo_model(), "model.engine");
  EngineOptions cpu;
  cpu.backend = "cpu";
  EXPECT_TRUE(fails_with([&] { Engine::open(folder_.file("model.engine"), cpu); },
                         "asked for are backend cpu"));
  change("model.engine", [](EngineContents& contents) { contents.plan.resize(9); });
  EXPECT_TRUE(fails_with([&] { open_engine("model.engine"); },
                         "TensorRT-RTX 1.7.1 can't load it: Serialization"));
  change("model.engine", [](EngineContents& contents) { contents.target.isa = "rtx 1.9.0"; });
  EXPECT_TRUE(fails_with([&] { open_engine("model.engine"); },
                         "holds a plan of TensorRT (rtx 1.9.0), found TensorRT-RTX 1.7.1"));
}

TEST_F(Played, AModelsPlanTakesNoProfiles) {
  BuildOptions options;
  options.dynamic_pillars = true;
  EXPECT_TRUE(fails_with([&] { build(testing::demo_model(), "model.engine", options); },
                         "profiles are for a single ONNX graph"));
  EXPECT_FALSE(fs::exists(folder_.file("model.engine")));
}

}  // namespace
}  // namespace colonnade
