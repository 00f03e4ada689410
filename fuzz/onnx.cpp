// An ONNX file as `inspect` and `run` take it: read, verified, inferred, described, printed, then
// run on both backends within a small budget. They must agree: on whether it can be run, on the
// outputs' types and, for graphs whose rounding stays bounded, on the values.
#include <optional>
#include <vector>

#include "backends/backend.hpp"
#include "base/thread_pool.hpp"
#include "differential.hpp"
#include "kernels/infer_graph.hpp"
#include "onnx/reader.hpp"
#include "plan/describe.hpp"
#include "target.hpp"

namespace {

using namespace colonnade;

constexpr RunLimits kLimits{.bytes = 64e6, .operations = 5e5};
constexpr std::int64_t kMaxInputElements = 1024;

struct Outcome {
  std::optional<ErrorCode> refused;
  std::string message;
  std::vector<Tensor> outputs;
};

std::vector<Tensor> copies_of(std::span<const ConstTensorView> views) {
  std::vector<Tensor> tensors;
  for (const ConstTensorView& view : views) {
    tensors.push_back(
        Tensor(view.dtype, view.shape, nullptr, const_cast<void*>(view.data)).clone());
  }
  return tensors;
}

/// Twice, for buffers that a run leaves to the next.
Outcome run(const char* backend, Isa isa, const Graph& graph, const std::vector<Tensor>& inputs) {
  static ThreadPool threads(1);
  std::vector<Shape> shapes;
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) {
    shapes.push_back(input.shape());
    views.push_back(input.view());
  }
  const CompileOptions options{isa, kLimits};
  Outcome outcome;
  try {
    const auto session =
        find_backend(backend).compile(graph, shapes, options)->create_session(threads);
    session->run(views);
    outcome.outputs = copies_of(session->outputs());
    session->run(views);
    fuzz::expect_same_bits(outcome.outputs, copies_of(session->outputs()));
  } catch (const Error& error) {
    fuzz::check_sentence(error);
    outcome.refused = error.code();
    outcome.message = error.what();
  }
  return outcome;
}

/// One for every input: its declared shape with 2 for what is dynamic. Nothing where that's large.
std::optional<std::vector<Tensor>> inputs_of(const Graph& graph) {
  std::vector<Tensor> inputs;
  std::uint64_t seed = 0;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[id];
    Shape shape = value.shape.value_or(Shape{2});
    double elements = 1;
    for (std::int64_t& dim : shape) {
      if (dim == kUnknownDim) dim = 2;
      elements *= static_cast<double>(dim);
    }
    if (elements > kMaxInputElements) return std::nullopt;
    inputs.push_back(fuzz::random_tensor(value.dtype, shape, ++seed));
  }
  return inputs;
}

void compare(const Graph& graph, const std::vector<Tensor>& inputs) {
  // One instruction set an input: the graphs are many.
  const auto isas = usable_isas();
  const Outcome reference = run("reference", Isa::portable, graph, inputs);
  const Outcome cpu = run("cpu", isas[graph.values.size() % isas.size()], graph, inputs);
  // The backends hold different memory, and what can't be meant may lie where one doesn't look: it
  // folds what the other computes, or needs but a shape.
  const auto may_differ = [](const Outcome& o) {
    return o.refused == ErrorCode::limit || o.refused == ErrorCode::mismatch ||
           o.refused == ErrorCode::invalid_argument;
  };
  if (may_differ(reference) || may_differ(cpu)) return;
  if (reference.refused.has_value() != cpu.refused.has_value()) {
    fuzz::finding("one backend runs it, the other refuses: reference '" + reference.message +
                  "', cpu '" + cpu.message + "'\n" + to_text(graph));
  }
  if (!reference.refused) fuzz::expect_close(graph, inputs, reference.outputs, cpu.outputs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Graph graph;
  if (!fuzz::answers([&] { graph = read_onnx(fuzz::bytes_of(data, size), "fuzz.onnx"); })) return 0;
  to_text(graph);
  fuzz::answers([&] { describe(graph); });
  if (!fuzz::answers([&] { infer_graph(graph); })) return 0;
  if (const auto inputs = inputs_of(graph)) compare(graph, *inputs);
  return 0;
}
