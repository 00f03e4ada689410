// BF16 convolutions: the fast kernel against the plain one that rounds as it does, both against the
// float32 oracle within BF16's own error, sparse against dense bit for bit.
#include <bit>
#include <cmath>

#include "amx_in_memory.hpp"
#include "backbone.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"
#include "graphs.hpp"
#include "kernels/conv/bf16.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "passes/fold_constants.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

CompileOptions bf16(Isa isa = usable_isas().front()) {
  CompileOptions options;
  options.isa = isa;
  options.precision = Precision::bf16;
  options.emulate = true;  // Where the machine has none, so that this runs on all of them.
  return options;
}

TEST(Bf16, LayersSayWhatTheyMultiplyWith) {
  GraphBuilder b(2);
  const Shape shape{1, 16, 8, 8};
  b.output(b.sigmoid(b.conv(b.input(shape), {16, 16, 1, 1})));
  const std::vector<Tensor> inputs{b.random(shape)};
  ThreadPool pool(1);
  const auto session =
      cpu_backend().compile(b.graph, shapes_of(inputs), bf16())->create_session(pool);
  std::vector<std::string> convolutions, others;
  session->observe([&](const LayerRun& layer) {
    if (layer.kind == "active") return;  // The scan of the image, which computes nothing.
    (layer.kind == "conv" ? convolutions : others).emplace_back(layer.precision);
  });
  session->run(views_of(inputs));
  EXPECT_EQ(convolutions, std::vector<std::string>{"bf16"});
  for (const std::string& precision : others) EXPECT_EQ(precision, "fp32");
}

TEST(Bf16, RoundsToNearestEven) {
  const auto rounded = [](float value) { return from_bf16(to_bf16(value)); };
  EXPECT_EQ(rounded(1.0F), 1.0F);
  EXPECT_EQ(rounded(1.0F + 0x1p-8F), 1.0F);               // A tie, down to even.
  EXPECT_EQ(rounded(1.0F + 0x1.8p-7F), 1.0F + 0x1p-6F);   // A tie, up to even.
  EXPECT_EQ(rounded(1.0F + 0x1.02p-8F), 1.0F + 0x1p-7F);  // Just above one.
  EXPECT_EQ(rounded(-1.0F - 0x1.02p-8F), -1.0F - 0x1p-7F);
  EXPECT_EQ(rounded(3.4e38F), INFINITY);
  EXPECT_EQ(rounded(0x1p-130F), 0.0F);  // Subnormal.
  EXPECT_TRUE(std::signbit(rounded(-0x1p-130F)));
  EXPECT_TRUE(std::isnan(rounded(NAN)));
  EXPECT_TRUE(std::isnan(rounded(std::bit_cast<float>(0x7f800001U))));  // Not infinity.
}

/// One convolution by one kernel, on maps of either type.
struct Layer {
  std::int64_t height = 5, width = 7, inputs = 12, outputs = 70;
  bool relu = false, narrow_input = false, narrow_output = false;
};

std::vector<float> convolve(const ConvKernel& kernel, const Layer& layer, const Tensor& input,
                            const Tensor& weights, const Tensor& bias) {
  const std::int64_t cells = layer.height * layer.width;
  const WeightSource source{
      weights.as<float>(), layer.outputs, 3, 3, layer.inputs, 0, layer.inputs * 9, 3, 1, 9};
  const PackedWeights packed = pack_weights(kernel, source, bias.as<float>());
  const Tensor zeros(DType::f32, {layer.inputs});
  std::vector<std::uint32_t> narrow;
  for (std::int64_t i = 0; i + 1 < cells * layer.inputs; i += 2) {
    narrow.push_back(bf16_pair(input.as<float>()[i], input.as<float>()[i + 1]));
  }
  std::vector<float> output(static_cast<std::size_t>(cells * layer.outputs), -7);
  ConvArgs args;
  args.height = layer.height;
  args.width = args.output_width = layer.width;
  args.input =
      layer.narrow_input ? reinterpret_cast<const float*>(narrow.data()) : input.as<float>();
  args.input_type = layer.narrow_input ? DType::bf16 : DType::f32;
  args.input_cell = layer.inputs / (layer.narrow_input ? 2 : 1);
  args.window = {3, 3, 1, 1, 1, 1, 1, 1};
  args.weights = &packed;
  args.output = output.data();
  args.output_type = layer.narrow_output ? DType::bf16 : DType::f32;
  args.output_cell = layer.outputs / (layer.narrow_output ? 2 : 1);
  args.output_row = layer.width * args.output_cell;
  args.relu = layer.relu;
  args.zeros = zeros.as<float>();
  Tensor scratch(DType::u8, {conv_scratch_bytes(packed, cells)});
  conv_cells(args, {nullptr, 0, cells}, 0, packed.blocks(), scratch.data());
  if (!layer.narrow_output) return output;
  const auto* halves = reinterpret_cast<const std::uint16_t*>(output.data());
  std::vector<float> wide;
  for (std::size_t i = 0; i < output.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, halves + i, sizeof(half));
    wide.push_back(from_bf16(half));
  }
  return wide;
}

std::vector<Layer> layers() {
  std::vector<Layer> result;
  for (const auto& [inputs, outputs] :
       {std::pair{12, 70}, {1, 1}, {33, 16}, {64, 64}, {96, 40}, {7, 34}}) {
    for (int flags = 0; flags < 8; ++flags) {
      Layer layer;
      layer.inputs = inputs;
      layer.outputs = outputs;
      layer.relu = (flags & 1) != 0;
      layer.narrow_input = (flags & 2) != 0;
      layer.narrow_output = (flags & 4) != 0;
      if ((layer.narrow_input && inputs % 2 != 0) || (layer.narrow_output && outputs % 2 != 0))
        continue;
      result.push_back(layer);
    }
  }
  return result;
}

/// f(kernel, layer) for the fast ones and all layers.
template <typename F>
void for_each_kernel(F&& f) {
  for (const ConvKernel* kernel : kernels_to_test(Precision::bf16)) {
    for (const Layer& layer : layers()) {
      SCOPED_TRACE(fmt::format("{}, {} to {}", kernel->target, layer.inputs, layer.outputs));
      f(*kernel, layer);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

// Chips may add a pair's products in another order than the manual writes; of whole numbers every
// order gives the same.
TEST(Bf16, KernelsGiveTheEmulatedOnesBitsOfWholeNumbers) {
  GraphBuilder random(3);
  for_each_kernel([&](const ConvKernel& kernel, const Layer& layer) {
    const auto whole = [&](const Shape& shape) {
      Tensor tensor = random.random(shape, -20, 20);
      for (std::size_t i = 0; i < tensor.elements(); ++i) {
        tensor.as<float>()[i] = std::round(tensor.as<float>()[i]);
      }
      return tensor;
    };
    const Tensor input = whole({layer.height, layer.width, layer.inputs});
    const Tensor weights = whole({layer.outputs, layer.inputs, 3, 3}),
                 bias = whole({layer.outputs});
    EXPECT_EQ(convolve(kernel, layer, input, weights, bias),
              convolve(emulated_bf16_kernel(), layer, input, weights, bias));
  });
}

// Each sum of n products may differ by n roundings of its largest part.
TEST(Bf16, KernelsStayWithinRoundingOfTheEmulatedOne) {
  GraphBuilder random(4);
  for_each_kernel([&](const ConvKernel& kernel, const Layer& layer) {
    const Tensor input = random.random({layer.height, layer.width, layer.inputs});
    const Tensor weights = random.random({layer.outputs, layer.inputs, 3, 3});
    const Tensor bias = random.random({layer.outputs});
    const std::vector<float> fast = convolve(kernel, layer, input, weights, bias);
    const std::vector<float> plain = convolve(emulated_bf16_kernel(), layer, input, weights, bias);
    const double terms = 9.0 * static_cast<double>(layer.inputs) + 1;
    const double bound = terms * terms * 0x1p-24;  // Each product and the bias are below 1.
    for (std::size_t i = 0; i < fast.size(); ++i) {
      const double more = layer.narrow_output ? std::abs(plain[i]) * 0x1p-7 : 0;
      ASSERT_NEAR(fast[i], plain[i], bound + more) << i;
    }
  });
}

TEST(Bf16, ANetworkStaysWithinItsRoundingOfTheOracle) {
  GraphBuilder b(4);
  op::Window same, half, twice;
  same.pads = half.pads = {1, 1, 1, 1};
  half.strides = twice.strides = {2, 2};
  const Shape image{1, 16, 24, 20};
  const ValueId fine = b.relu(b.conv(b.input(image), {32, 16, 3, 3}, half));
  const ValueId coarse = b.relu(b.conv(fine, {64, 32, 3, 3}, same));
  const ValueId joined =
      b.add(op::Concat{1}, {b.relu(b.conv_transpose(fine, {32, 24, 2, 2}, twice)),
                            b.relu(b.conv_transpose(coarse, {64, 6, 2, 2}, twice))});
  b.output(b.conv(joined, {9, 30, 1, 1}));
  const std::vector<Tensor> inputs{b.random(image)};
  const Tensor exact = evaluate(b.graph, views_of(inputs))[0];
  const Tensor actual = run_with(b.graph, inputs, bf16())[0];
  double error = 0, largest = 0;
  for (std::size_t i = 0; i < exact.elements(); ++i) {
    error = std::max<double>(error, std::abs(actual.as<float>()[i] - exact.as<float>()[i]));
    largest = std::max<double>(largest, std::abs(exact.as<float>()[i]));
  }
  EXPECT_LT(error, 0.01 * largest);
  EXPECT_GT(error, 1e-5 * largest) << "it was computed with float32";
  for (const int threads : {2, 3}) {
    expect_equal_bits(run_with(b.graph, inputs, bf16(), threads)[0], actual);
  }
}

TEST(Bf16, MapsBetweenItsLayersAreHalfAsWide) {
  GraphBuilder b;
  op::Window same;
  same.pads = {1, 1, 1, 1};
  const ValueId first = b.relu(b.conv(b.input({1, 4, 8, 8}), {6, 4, 3, 3}, same));
  const ValueId odd = b.relu(b.conv(first, {5, 6, 3, 3}, same));
  const ValueId shown = b.relu(b.conv(odd, {8, 5, 1, 1}));
  b.output(shown);
  b.output(b.conv(shown, {2, 8, 1, 1}));
  const auto types = [&](Precision precision) {
    WeightStore weights(usable_isas().front());
    CompileOptions compile = bf16();
    compile.precision = precision;
    PlanOptions options;
    options.kernels = LayerKernels(compile);
    const Plan plan = make_plan(fold_constants(b.graph, {}), weights, options);
    std::vector<std::pair<DType, DType>> result;
    for (const Step& step : plan.steps) {
      const auto* conv = std::get_if<ConvStep>(&step);
      if (conv == nullptr) continue;
      result.emplace_back(conv->pieces[0].args.input_type, conv->pieces[0].args.output_type);
    }
    return result;
  };
  using Types = std::vector<std::pair<DType, DType>>;
  const Types wide(4, {DType::f32, DType::f32});
  EXPECT_EQ(types(Precision::fp32), wide);
  // The image, a map of five channels and one that's shown stay wide.
  const Types narrow{{DType::f32, DType::bf16},
                     {DType::bf16, DType::f32},
                     {DType::f32, DType::f32},
                     {DType::f32, DType::f32}};
  EXPECT_EQ(types(Precision::bf16), narrow);
}

TEST(Bf16, SparseEqualsDenseBitForBit) {
  ThreadPool threads(2);
  for (unsigned seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Backbone net(seed);
    // The plainest set has no BF16 kernel anywhere, so that the emulated one is run too.
    const CompileOptions options = bf16(seed % 5 == 0 ? Isa::portable : usable_isas().front());
    const auto program = cpu_backend().compile(net.graph().graph, {&net.image(), 1}, options);
    const auto session = program->create_session(threads);
    for (const int percent : {0, 3, 100, 40, 0}) {
      const Sweep sweep = net.random().sweep(net.image(), percent);
      const std::vector<Tensor> expected = run_with(net.graph().graph, {sweep.dense()}, options);
      session->run(sweep.view());
      const std::vector<Tensor> actual = copies_of(session->outputs());
      for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(Bf16, IsToldWhatItBecomes) {
  const Isa best = usable_isas().front();
  const bool has = find_conv_kernel(best, Precision::bf16) != nullptr;
  const PrecisionChoice choice = cpu_backend().choose(best, Precision::bf16);
  EXPECT_EQ(choice.effective, has ? Precision::bf16 : Precision::fp32);
  EXPECT_EQ(choice.text() == "bf16", has);
  EXPECT_EQ(cpu_backend().choose(Isa::portable, Precision::bf16).text(),
            "requested bf16, effective fp32: portable has no BF16");
  EXPECT_EQ(cpu_backend().choose(best, Precision::fp16).effective,
            has ? Precision::bf16 : Precision::fp32);
  EXPECT_EQ(cpu_backend().choose(best, Precision::tf32).text(),
            "requested tf32, effective fp32: a CPU has no TF32");
}

}  // namespace
}  // namespace colonnade::cpu
