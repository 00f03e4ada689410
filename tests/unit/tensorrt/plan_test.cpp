// The real library, where this machine has one and this build its headers; what is said where not.
#include "tensorrt/plan.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "fails_with.hpp"
#include "fixtures.hpp"
#include "onnx/reader.hpp"
#include "onnx/writer.hpp"
#include "temporary_folder.hpp"
#include "tensorrt/plan_runner.hpp"
#include "tensorrt/prepare.hpp"
#include "tensorrt/quantize.hpp"
#include "tensorrt/reduce_precision.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using testing::add_input;
using testing::add_node;

/// COLONNADE_TENSORRT names the library's folder; else where the loader looks.
TensorRtPlaces places() {
  const char* folder = std::getenv("COLONNADE_TENSORRT");
  return {folder != nullptr ? folder : "",
          {},
          {(fs::path(COLONNADE_BINARY_DIR) / "apps/colonnade/modules").string()}};
}

#define COLONNADE_SKIP_WITHOUT_TENSORRT()                                                       \
  try {                                                                                         \
    choose_tensorrt(places());                                                                  \
  } catch (const Error& error) {                                                                \
    GTEST_SKIP() << "set COLONNADE_TENSORRT to its folder and configure with -DTENSORRT_ROOT: " \
                 << error.what();                                                               \
  }

std::vector<OptimizationProfile> dynamic_profiles(const Graph& graph) {
  std::vector<InputProfile> inputs;
  for (const ValueId id : graph.inputs) {
    const Shape& shape = *graph.values[id].shape;
    if (shape.is_static()) continue;
    InputProfile profile{graph.values[id].name, shape, shape, shape};
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] != kUnknownDim) continue;
      profile.min[axis] = 120;
      profile.opt[axis] = 6000;
      profile.max[axis] = 12000;
    }
    inputs.push_back(std::move(profile));
  }
  return {{std::move(inputs), 0}};
}

std::size_t plan_bytes(const fs::path& onnx) {
  const bool golden = onnx.string().find("golden") != std::string::npos;
  const PrepareOptions options{golden ? std::array<std::int64_t, 2>{64, 48}
                                      : std::array<std::int64_t, 2>{432, 496}};
  const Graph graph = prepare_for_tensorrt(read_onnx(onnx.string()), options).graph;
  return build_tensorrt_plan(choose_tensorrt(places()), write_onnx(graph), dynamic_profiles(graph),
                             false)
      .plan.size();
}

std::vector<fs::path> exports(const fs::path& root) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".onnx") files.push_back(entry.path());
  }
  return files;
}

TEST(TensorRtPlan, EveryFamilysGraphsBuild) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  for (const fs::path& file : exports(fs::path(COLONNADE_SOURCE_DIR) / "tests/golden")) {
    SCOPED_TRACE(file.string());
    EXPECT_GT(plan_bytes(file), 0u);
  }
}

TEST(TensorRtPlan, RealExportsBuild) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  for (const fs::path& file : exports(*testing::fixtures())) {
    SCOPED_TRACE(file.string());
    EXPECT_GT(plan_bytes(file), 0u);
  }
}

// The export alone gives 55.5 MB: its canvas is in the plan.
TEST(TensorRtPlan, HoldsNoCanvas) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  EXPECT_LT(plan_bytes(*testing::fixtures() / "a/mfn_dynamic.onnx"), 1'000'000u);
}

TEST(TensorRtPlan, TellsEveryNodeThatTheParserRefuses) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  Graph graph;
  const ValueId features = add_input(graph, "features", DType::f32, Shape{6, 2});
  const ValueId coords = add_input(graph, "coords", DType::i32, Shape{6, 4});
  const ValueId count = add_input(graph, "count", DType::i32, Shape{1});
  const auto scatter = [&](const char* name) {
    return add_node(graph, op::PillarScatter{op::PillarScatterForm::plugin, 4, 5},
                    {features, coords, count}, name);
  };
  graph.outputs = {scatter("one"), scatter("other")};
  const auto build = [&] {
    build_tensorrt_plan(choose_tensorrt(places()), write_onnx(graph), {}, false);
  };
  for (const char* says :
       {"make one", "make other", "PPScatterPlugin", "`colonnade convert` replaces it"}) {
    EXPECT_TRUE(testing::fails_with(build, says));
  }
}

Graph golden_rpn() {
  const auto file = fs::path(COLONNADE_SOURCE_DIR) / "tests/golden/smallmunich/rpn.onnx";
  return prepare_for_tensorrt(read_onnx(file.string())).graph;
}

BuiltPlan rpn_plan(const PlanOptions& options) {
  return build_tensorrt_plan(choose_tensorrt(places()), write_onnx(golden_rpn()), {}, false,
                             options);
}

/// float32 isn't tf32 unless it's asked for: the library's default would be.
TEST(TensorRtPlan, DiffersByTf32) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  PlanOptions tf32;
  tf32.precision = Precision::tf32;
  const std::vector<std::byte> plan = rpn_plan({}).plan;
  EXPECT_EQ(rpn_plan({}).plan, plan);
  EXPECT_NE(rpn_plan(tf32).plan, plan);
}

TEST(TensorRtPlan, OfFloat16HoldsHalfTheWeights) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  const TensorRtLibrary library = choose_tensorrt(places());
  if (chooses_types(library)) GTEST_SKIP() << library.version << " chooses types by itself";
  const Graph rpn = golden_rpn();
  std::size_t weights = 0;
  for (const Value& value : rpn.values) weights += value.constant ? value.constant.bytes() : 0;
  const auto bytes = [&](const Graph& graph) {
    return build_tensorrt_plan(library, write_onnx(graph), {}, false).plan.size();
  };
  EXPECT_LT(bytes(reduce_precision(rpn, DType::f16).graph), bytes(rpn) - weights / 3);
  EXPECT_GT(bytes(reduce_precision(rpn, DType::bf16).graph), 0u);
}

/// The range of each map that a convolution reads, as if it had been calibrated.
std::vector<TensorRange> made_up_ranges(const Graph& graph) {
  std::vector<TensorRange> ranges;
  for (const Node& node : graph.nodes) {
    if (std::holds_alternative<op::Conv>(node.op) ||
        std::holds_alternative<op::ConvTranspose>(node.op))
      ranges.push_back({graph.values[node.inputs[0]].name, 0, {8}});
  }
  return ranges;
}

/// Which says that the library has merged the pairs into convolutions of int8; beside them stand
/// kernels, of which a small network's plan is more.
TEST(TensorRtPlan, OfInt8HoldsWeightsAsBytes) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  const TensorRtLibrary library = choose_tensorrt(places());
  if (!library.rtx) GTEST_SKIP() << library.version << " needs a GPU to build";
  const auto file = fs::path(COLONNADE_SOURCE_DIR) / "models/kitti3/rpn.onnx";
  const Graph rpn = prepare_for_tensorrt(read_onnx(file.string())).graph;
  std::size_t weights = 0;
  for (const Value& value : rpn.values) weights += value.constant ? value.constant.bytes() : 0;
  const QuantizedGraph quantized = quantize_convolutions(rpn, made_up_ranges(rpn));
  EXPECT_TRUE(quantized.wide.empty());
  const auto bytes = [&](const Graph& graph, bool has_pairs) {
    return build_tensorrt_plan(library, write_onnx(graph), {}, has_pairs).plan.size();
  };
  EXPECT_LT(bytes(quantized.graph, true), bytes(rpn, false) - weights / 2);
}

/// A torn cache, or one of another kind, costs nothing but its timings. (RTX 1.7 makes one and uses
/// none.)
TEST(TensorRtPlan, TakesTimingsAndReplacesThoseThatAreNone) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  PlanOptions options;
  options.keep_timings = true;
  const BuiltPlan first = rpn_plan(options);
  ASSERT_FALSE(first.timings.empty());
  const std::vector<std::byte> torn(first.timings.begin(), first.timings.begin() + 50);
  for (const std::vector<std::byte>* timings : {&first.timings, &torn}) {
    options.timings = *timings;
    const BuiltPlan built = rpn_plan(options);
    EXPECT_EQ(built.plan, first.plan);
    EXPECT_FALSE(built.timings.empty());
  }
}

TEST(TensorRtPlan, OfRtxIsCompatibleWithNoOtherVersion) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  if (!choose_tensorrt(places()).rtx) GTEST_SKIP() << "TensorRT itself has such plans";
  PlanOptions versions, devices;
  versions.version_compatible = true;
  devices.hardware = PlanHardware::ampere_plus;
  for (const PlanOptions& options : {versions, devices}) {
    EXPECT_TRUE(testing::fails_with([&] { rpn_plan(options); }, "--versionCompatible"));
  }
}

/// What is no plan is told as that, on a machine without a GPU too.
TEST(TensorRtPlan, IsNotLoadedFromOtherBytes) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  const TensorRtLibrary library = choose_tensorrt(places());
  if (!library.rtx) GTEST_SKIP() << "TensorRT itself looks for a driver first";
  const std::vector<std::byte> plan = rpn_plan({}).plan;
  for (const std::size_t bytes : {std::size_t{1000}, plan.size() - 1}) {
    EXPECT_TRUE(
        testing::fails_with([&] { load_plan(library, std::span(plan).first(bytes), "torn.plan"); },
                            "torn.plan: TensorRT-RTX " + library.version + " can't load it"));
  }
  const std::vector<std::byte> noise(500, std::byte{7});
  EXPECT_TRUE(testing::fails_with([&] { load_plan(library, noise, "noise.plan"); },
                                  "noise.plan: TensorRT-RTX " + library.version));
}

TEST(TensorRtPlan, SaysOnceWhyItIsNotRunHere) {
  COLONNADE_SKIP_WITHOUT_TENSORRT();
  const std::vector<std::byte> plan = rpn_plan({}).plan;
  try {
    const auto runner = load_plan(choose_tensorrt(places()), plan, "rpn.plan");
    const Graph& graph = runner->signature();
    EXPECT_EQ(graph.inputs.size(), golden_rpn().inputs.size());
    EXPECT_EQ(graph.outputs.size(), golden_rpn().outputs.size());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    const std::string says = error.what();
    const bool names_the_cause = says.find("an NVIDIA GPU and its driver") != std::string::npos ||
                                 says.find("doesn't take") != std::string::npos;
    EXPECT_TRUE(names_the_cause) << says;
    EXPECT_EQ(says.find('\n'), std::string::npos);
  }
}

TEST(TensorRtLibraries, SayWhatWasLookedForWhereNoneIs) {
  const testing::TemporaryFolder empty;
  EXPECT_TRUE(find_tensorrt({empty.path().string(), {}, {}}).empty());
  EXPECT_TRUE(testing::fails_with(
      [&] {
        choose_tensorrt({empty.path().string(), {}, {}});
      },
      "pip install tensorrt-rtx-cu13-libs"));
}

TEST(TensorRtLibraries, ThatAreNoneAreNamedWithTheLoadersReason) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.file("libtensorrt_rtx.so.1");
  std::ofstream(file) << "not a library";
  const auto found = find_tensorrt({folder.path().string(), {}, {}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].rtx);
  EXPECT_EQ(found[0].runtime, file);
  EXPECT_FALSE(found[0].problem.empty());
  EXPECT_TRUE(testing::fails_with(
      [&] {
        choose_tensorrt({folder.path().string(), {}, {}});
      },
      file));
}

}  // namespace
}  // namespace colonnade
