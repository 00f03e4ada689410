// An ONNX file as `inspect` and `run` take it: read, verified, inferred, described, printed, then
// run on both backends within a small budget. They must agree: on whether it can be run, on the
// outputs' types and, for graphs whose rounding stays bounded, on the values.
#include <optional>
#include <utility>
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

/// Where the one input may be a BEV image: every third cell of it as pillars, against the same
/// image whole.
void compare_image(Session& session, const Tensor& input) {
  const Shape& shape = input.shape();
  if (input.dtype() != DType::f32 || shape.rank() != 4 || shape[0] != 1 || input.elements() == 0) {
    return;
  }
  Tensor whole(DType::f32, shape);
  std::vector<PillarCell> cells;
  std::vector<float> features;
  const std::int64_t all = shape[2] * shape[3];
  for (std::int64_t cell = 0; cell < all; cell += 3) {
    cells.push_back(
        {static_cast<std::int32_t>(cell % shape[3]), static_cast<std::int32_t>(cell / shape[3])});
    for (std::int64_t c = 0; c < shape[1]; ++c) {
      features.push_back(input.as<float>()[c * all + cell]);
      whole.as<float>()[c * all + cell] = features.back();
    }
  }
  const ConstTensorView view = std::as_const(whole).view();
  session.run({&view, 1});
  const std::vector<Tensor> expected = copies_of(session.outputs());
  session.run(BevImage{features.data(), cells.data(), static_cast<std::int64_t>(cells.size()),
                       shape[1], shape[2], shape[3]});
  fuzz::expect_same_bits(expected, copies_of(session.outputs()));
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
  CompileOptions options;
  options.isa = isa;
  options.limits = kLimits;
  Outcome outcome;
  try {
    const auto session =
        find_backend(backend).compile(graph, shapes, options)->create_session(threads);
    session->run(views);
    outcome.outputs = copies_of(session->outputs());
    session->run(views);
    fuzz::expect_same_bits(outcome.outputs, copies_of(session->outputs()));
    if (inputs.size() == 1) compare_image(*session, inputs[0]);
  } catch (const Error& error) {
    fuzz::check_sentence(error);
    outcome.refused = error.code();
    outcome.message = error.what();
  }
  return outcome;
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
  if (const auto inputs = fuzz::inputs_of(graph)) compare(graph, *inputs);
  return 0;
}
