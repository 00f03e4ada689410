#include "backends/reference/backend.hpp"

#include "backends/reference/evaluator.hpp"
#include "graph/bind_inputs.hpp"

namespace colonnade {
namespace {

class ReferenceSession final : public Session {
 public:
  ReferenceSession(std::shared_ptr<const Graph> graph, const RunLimits& limits)
      : graph_(std::move(graph)), limits_(limits) {}

  void run(std::span<const ConstTensorView> inputs) override {
    std::vector<Tensor> results = evaluate(*graph_, inputs, {}, limits_);
    outputs_ = std::move(results);
    views_.clear();
    for (const Tensor& output : outputs_) views_.push_back(output.view());
  }

  void run(const BevImage& image) override {
    const Tensor canvas = dense(image);
    const ConstTensorView input = canvas.view();
    run(std::span(&input, 1));
  }

  std::span<const ConstTensorView> outputs() const override { return views_; }

 private:
  std::shared_ptr<const Graph> graph_;
  RunLimits limits_;
  std::vector<Tensor> outputs_;
  std::vector<ConstTensorView> views_;
};

class ReferenceProgram final : public Program {
 public:
  ReferenceProgram(std::shared_ptr<const Graph> graph, const RunLimits& limits)
      : graph_(std::move(graph)), limits_(limits) {}

  std::unique_ptr<Session> create_session(Executor&) const override {
    return std::make_unique<ReferenceSession>(graph_, limits_);
  }

 private:
  std::shared_ptr<const Graph> graph_;
  RunLimits limits_;
};

class ReferenceBackend final : public Backend {
 public:
  std::string name() const override { return "reference"; }
  std::string isa_name(Isa, Precision) const override { return "scalar"; }
  Isa least_isa(Isa isa, Precision) const override { return isa; }
  PrecisionChoice choose(Isa, Precision requested) const override {
    return {requested, Precision::fp32, "the reference backend is exact"};
  }

  std::shared_ptr<const Program> compile(const Graph& graph, std::span<const Shape> input_shapes,
                                         const CompileOptions& options) const override {
    auto copy = std::make_shared<Graph>(graph);
    if (!input_shapes.empty()) bind_input_shapes(*copy, input_shapes);
    return std::make_shared<ReferenceProgram>(std::move(copy), options.limits);
  }
};

}  // namespace

const Backend& reference_backend() {
  static const ReferenceBackend backend;
  return backend;
}

}  // namespace colonnade
