// Graphs that an exporter has quantized (QuantizeLinear and DequantizeLinear around convolutions)
// are computed as they're written, whatever precision is asked for.
#include <algorithm>

#include "graphs.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

Tensor bytes(DType type, const Shape& shape, std::initializer_list<int> values) {
  Tensor tensor(type, shape);
  std::size_t i = 0;
  for (const int value : values)
    static_cast<std::uint8_t*>(tensor.data())[i++] = static_cast<std::uint8_t>(value);
  return tensor;
}

/// Scales are powers of two and sums are short: float32 makes no rounding of its own, and steps are
/// the oracle's.
class QuantizedGraph {
 public:
  QuantizedGraph() {
    const ValueId x = b_.input(image_);
    const ValueId steps = through_bytes(x, 1.0F / 16, DType::u8, 3);
    op::Window same;
    same.pads = {1, 1, 1, 1};
    op::Conv conv;
    conv.window = same;
    const ValueId y = b_.relu(
        b_.add(conv, {steps, weights(), b_.constant(Tensor::of<float>({4}, {1, -1, 0.5F, 0}))}));
    const ValueId z = through_bytes(y, 1.0F / 2, DType::i8, -5);
    b_.output(b_.conv(z, {2, 4, 1, 1}, {}, 1, false));
    b_.output(z);
    image_tensor_ = b_.random(image_, -4, 12);
  }
  const Graph& graph() const { return b_.graph; }
  const std::vector<Tensor> inputs() const { return {image_tensor_}; }
  const Shape& image() const { return image_; }

 private:
  ValueId through_bytes(ValueId value, float scale, DType type, int zero) {
    const ValueId s = b_.constant(Tensor::of<float>({}, {scale}));
    const ValueId z = b_.constant(bytes(type, {}, {zero}));
    const ValueId q = b_.add(op::QuantizeLinear{1, 0, true, type}, {value, s, z});
    return b_.add(op::DequantizeLinear{1, 0, DType::f32}, {q, s, z});
  }
  /// A scale for each output channel.
  ValueId weights() {
    const Tensor random = b_.random({4, 3, 3, 3}, -100, 100);
    Tensor q(DType::i8, random.shape());
    for (std::size_t i = 0; i < q.elements(); ++i) {
      q.as<std::int8_t>()[i] = static_cast<std::int8_t>(random.as<float>()[i]);
    }
    const ValueId scale = b_.constant(Tensor::of<float>({4}, {0.25F, 0.125F, 0.5F, 0.0625F}));
    const ValueId zero = b_.constant(bytes(DType::i8, {4}, {0, 0, 0, 0}));
    return b_.add(op::DequantizeLinear{0, 0, DType::f32}, {b_.constant(std::move(q)), scale, zero});
  }

  GraphBuilder b_{7};
  const Shape image_{1, 3, 8, 9};
  Tensor image_tensor_;
};

TEST(QuantizedGraphs, AreComputedAsTheyAreWritten) {
  const QuantizedGraph quantized;
  expect_like_reference(quantized.graph(), quantized.inputs());
  const Tensor steps = evaluate(quantized.graph(), views_of(quantized.inputs()))[1];
  const auto [low, high] =
      std::minmax_element(steps.as<float>(), steps.as<float>() + steps.elements());
  EXPECT_GT(*high - *low, 30) << "of 255 steps of a half";
  const Tensor actual = run_on_cpu(quantized.graph(), quantized.inputs())[1];
  expect_equal_bits(actual, steps);
}

TEST(QuantizedGraphs, StayExactWhateverIsAskedFor) {
  const QuantizedGraph quantized;
  const Graph& graph = quantized.graph();
  CompileOptions options;
  options.precision = Precision::int8;
  options.emulate = true;
  for (const Value& value : graph.values) {  // As if every map were known.
    options.ranges.push_back({value.name, 0, {1, 1, 1, 1}});
  }
  const auto program = cpu_backend().compile(graph, shapes_of(quantized.inputs()), options);
  for (const LayerPrecision& layer : program->layers()) {
    EXPECT_EQ(layer.precision, Precision::fp32) << layer.name;
  }
  ThreadPool threads(2);
  const auto session = program->create_session(threads);
  session->run(views_of(quantized.inputs()));
  const std::vector<Tensor> expected = run_on_cpu(graph, quantized.inputs());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expect_equal_bits(copies_of(session->outputs())[i], expected[i]);
  }
}

}  // namespace
}  // namespace colonnade::cpu
