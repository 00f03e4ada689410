// Networks of INT8 layers: near the float32 oracle, sparse as dense bit for bit; which layers and
// maps are of bytes.
#include <algorithm>
#include <cmath>

#include "backbone.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"
#include "fails_with.hpp"
#include "graphs.hpp"
#include "passes/fold_constants.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

/// Of every map of a graph, as the oracle computes it.
std::vector<TensorRange> ranges_of(const Graph& graph, const std::vector<Tensor>& inputs) {
  std::vector<TensorRange> ranges;
  const auto add = [&](ValueId id, const ConstTensorView& view) {
    if (!view.present || view.dtype != DType::f32 || view.shape.rank() != 4) return;
    TensorRange& range = ranges.emplace_back();
    range.tensor = graph.values[id].name;
    range.highs.resize(static_cast<std::size_t>(view.shape[1]));
    const std::int64_t plane = view.shape[2] * view.shape[3];
    const auto* data = static_cast<const float*>(view.data);
    for (std::int64_t c = 0; c < view.shape[1]; ++c, data += plane) {
      const auto [low, high] = std::minmax_element(data, data + plane);
      range.low = std::min(range.low, *low);
      range.highs[static_cast<std::size_t>(c)] = std::max(*high, 0.0F);
    }
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) add(graph.inputs[i], inputs[i].view());
  evaluate(graph, views_of(inputs), [&](const Node& node, std::span<const ConstTensorView> out) {
    for (std::size_t i = 0; i < out.size(); ++i) add(node.outputs[i], out[i]);
  });
  return ranges;
}

CompileOptions int8(std::vector<TensorRange> ranges, Isa isa = usable_isas().front()) {
  CompileOptions options;
  options.isa = isa;
  options.precision = Precision::int8;
  options.ranges = std::move(ranges);
  options.emulate = true;  // Where the machine has none, so that this runs on all of them.
  return options;
}

/// Two scales, both transposed onto the finer one, and a head: all maps but its own are of ReLUs.
struct Network {
  GraphBuilder b{4};
  const Shape image{1, 16, 24, 20};
  ValueId fine, coarse, joined;
  std::vector<Tensor> inputs;

  Network() {
    op::Window same, half, twice;
    same.pads = half.pads = {1, 1, 1, 1};
    half.strides = twice.strides = {2, 2};
    fine = b.relu(b.conv(b.input(image), {32, 16, 3, 3}, half));
    coarse = b.relu(b.conv(fine, {64, 32, 3, 3}, same));
    joined = b.add(op::Concat{1}, {b.relu(b.conv_transpose(fine, {32, 24, 2, 2}, twice)),
                                   b.relu(b.conv_transpose(coarse, {64, 8, 2, 2}, twice))});
    b.output(b.conv(joined, {9, 32, 1, 1}));
    inputs = {b.random(image, 0, 2)};
  }
  std::shared_ptr<const Program> compile(const CompileOptions& options) const {
    return cpu_backend().compile(b.graph, shapes_of(inputs), options);
  }
};

TEST(Int8, ANetworkStaysWithinItsStepsOfTheOracle) {
  const Network net;
  const CompileOptions options = int8(ranges_of(net.b.graph, net.inputs));
  const Tensor exact = evaluate(net.b.graph, views_of(net.inputs))[0];
  const Tensor actual = run_with(net.b.graph, net.inputs, options)[0];
  double error = 0, largest = 0;
  for (std::size_t i = 0; i < exact.elements(); ++i) {
    error = std::max<double>(error, std::abs(actual.as<float>()[i] - exact.as<float>()[i]));
    largest = std::max<double>(largest, std::abs(exact.as<float>()[i]));
  }
  EXPECT_LT(error, 0.03 * largest);
  EXPECT_GT(error, 1e-3 * largest) << "it was computed with more than bytes";
  for (const int threads : {2, 3}) {
    expect_equal_bits(run_with(net.b.graph, net.inputs, options, threads)[0], actual);
  }
}

/// Of each map of `graph` on an empty image, its cells in the middle: of each phase of one that is
/// brought up by 2.
void add_backgrounds(const Graph& graph, const std::vector<Tensor>& empty,
                     std::vector<TensorRange>& ranges) {
  evaluate(graph, views_of(empty), [&](const Node& node, std::span<const ConstTensorView> out) {
    const std::int64_t width = out[0].shape[3], plane = out[0].shape[2] * width;
    const std::int64_t middle = plane / 2 + width / 2;
    for (TensorRange& range : ranges) {
      if (range.tensor != graph.values[node.outputs[0]].name) continue;
      for (const std::int64_t cell : {middle, middle + 1, middle + width, middle + width + 1}) {
        for (std::int64_t c = 0; c < out[0].shape[1]; ++c) {
          range.background.push_back(static_cast<const float*>(out[0].data)[c * plane + cell]);
        }
      }
    }
  });
}

TEST(Int8, AKnownBackgroundLosesNothingToItsBytes) {
  const Network net;
  const std::vector<Tensor> empty{Tensor(DType::f32, net.image)};
  std::vector<TensorRange> ranges = ranges_of(net.b.graph, net.inputs);
  const Tensor exact = evaluate(net.b.graph, views_of(empty))[0];
  const Shape& shape = exact.shape();
  const auto error_in_the_middle = [&] {
    const Tensor actual = run_with(net.b.graph, empty, int8(ranges))[0];
    double sum = 0;  // Of four phases: what the mean of their bytes takes from each differs.
    for (std::int64_t c = 0; c < shape[1]; ++c) {
      double error = 0;
      for (const std::int64_t y : {shape[2] / 2, shape[2] / 2 + 1}) {
        for (const std::int64_t x : {shape[3] / 2, shape[3] / 2 + 1}) {
          const auto i = static_cast<std::size_t>((c * shape[2] + y) * shape[3] + x);
          error += actual.as<float>()[i] - exact.as<float>()[i];
        }
      }
      sum += std::abs(error / 4);
    }
    return sum / static_cast<double>(shape[1]);
  };
  const double without = error_in_the_middle();
  add_backgrounds(net.b.graph, empty, ranges);
  const double with = error_in_the_middle();
  EXPECT_GT(without, 1e-4);
  EXPECT_LT(with, without / 10);
}

TEST(Int8, LayersOfKnownRangesThatAreNeverNegativeAreOfBytes) {
  const Network net;
  const auto precisions = [&](const CompileOptions& options) {
    std::vector<Precision> result;
    for (const LayerPrecision& layer : net.compile(options)->layers()) {
      result.push_back(layer.precision);
    }
    return result;
  };
  using Precisions = std::vector<Precision>;
  CompileOptions options = int8(ranges_of(net.b.graph, net.inputs));
  EXPECT_EQ(precisions(options), Precisions(5, Precision::int8));
  const std::vector<LayerPrecision> layers = net.compile(options)->layers();
  EXPECT_EQ(layers[0].input, net.b.graph.values[net.b.graph.inputs[0]].name);
  EXPECT_EQ(layers[4].input, net.b.graph.values[net.joined].name);

  options.layers = {{layers[1].name, Precision::fp32}, {layers[4].name, Precision::bf16}};
  Precisions expected(5, Precision::int8);
  expected[1] = Precision::fp32;
  expected[4] = Precision::bf16;
  EXPECT_EQ(precisions(options), expected);

  options.layers.clear();
  options.ranges.front().low = -0.1F;  // The image's.
  std::erase_if(options.ranges, [&](const TensorRange& range) {
    return range.tensor == net.b.graph.values[net.joined].name;
  });
  expected = Precisions(5, Precision::int8);
  expected[0] = expected[4] = Precision::bf16;
  EXPECT_EQ(precisions(options), expected);

  options.ranges.clear();
  EXPECT_TRUE(testing::fails_with([&] { net.compile(options); }, "--calibrate"));
}

TEST(Int8, MapsBetweenItsLayersAreOfBytes) {
  const Network net;
  CompileOptions compile = int8(ranges_of(net.b.graph, net.inputs));
  const auto types = [&] {
    WeightStore weights(usable_isas().front());
    PlanOptions options;
    options.kernels = LayerKernels(compile);
    const Plan plan = make_plan(fold_constants(net.b.graph, {}), weights, options);
    std::vector<std::pair<DType, DType>> result;
    for (const Step& step : plan.steps) {
      const auto* conv = std::get_if<ConvStep>(&step);
      if (conv == nullptr) continue;
      result.emplace_back(conv->pieces[0].args.input_type, conv->pieces[0].args.output_type);
    }
    return result;
  };
  using Types = std::vector<std::pair<DType, DType>>;
  EXPECT_EQ(types(), (Types{{DType::f32, DType::u8},
                            {DType::u8, DType::u8},
                            {DType::u8, DType::u8},
                            {DType::u8, DType::u8},
                            {DType::u8, DType::f32}}));
  // What two precisions read is wide; else a map is of its readers', whoever writes it.
  compile.layers = {{net.b.graph.nodes[2].name, Precision::bf16}};  // The second convolution.
  const Types mixed = types();
  EXPECT_EQ(mixed[0].second, DType::f32);
  EXPECT_EQ(mixed[1], (std::pair{DType::f32, DType::u8}));
  EXPECT_EQ(mixed[4].first, DType::u8);
  // Its own readers being of BF16, the first layer writes that.
  compile.layers.push_back({net.b.graph.nodes[4].name, Precision::bf16});
  EXPECT_EQ(types()[0].second, DType::bf16);
  compile.layers.push_back({net.b.graph.nodes[0].name, Precision::fp32});
  EXPECT_EQ(types()[0].second, DType::f32);
}

TEST(Int8, SparseEqualsDenseBitForBit) {
  ThreadPool threads(2);
  std::size_t bytes = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Backbone net(seed);
    const Graph& graph = net.graph().graph;
    std::vector<TensorRange> ranges =
        ranges_of(graph, {net.random().sweep(net.image(), 60).dense()});
    if (seed % 3 == 0) ranges.front().low = 0;  // What's negative in the image is then 0.
    CompileOptions options =
        int8(std::move(ranges), seed % 5 == 0 ? Isa::portable : usable_isas().front());
    const auto program = cpu_backend().compile(graph, {&net.image(), 1}, options);
    const std::vector<LayerPrecision> layers = program->layers();
    bytes += static_cast<std::size_t>(std::count_if(layers.begin(), layers.end(), [](auto& layer) {
      return layer.precision == Precision::int8;
    }));
    const auto session = program->create_session(threads);
    for (const int percent : {0, 3, 100, 40, 0}) {
      const Sweep sweep = net.random().sweep(net.image(), percent);
      const std::vector<Tensor> expected = run_with(graph, {sweep.dense()}, options);
      session->run(sweep.view());
      const std::vector<Tensor> actual = copies_of(session->outputs());
      for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(bytes, 300U);
}

TEST(Int8, IsToldWhatItBecomes) {
  const Isa best = usable_isas().front();
  const bool has = find_conv_kernel(best, Precision::int8) != nullptr;
  const PrecisionChoice choice = cpu_backend().choose(best, Precision::int8);
  EXPECT_EQ(choice.effective == Precision::int8, has);
  EXPECT_EQ(choice.text() == "int8", has);
  EXPECT_EQ(cpu_backend().choose(Isa::portable, Precision::int8).text(),
            "requested int8, effective fp32: portable has no INT8 nor BF16");
}

}  // namespace
}  // namespace colonnade::cpu
