#include "backends/cpu/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <list>
#include <utility>

#include "backends/cpu/active/scan.hpp"
#include "backends/cpu/active/stored_background.hpp"
#include "backends/cpu/execute.hpp"
#include "backends/cpu/fuse.hpp"
#include "backends/cpu/limits.hpp"
#include "backends/cpu/scatter_size.hpp"
#include "backends/cpu/weight_store.hpp"
#include "backends/reference/evaluator.hpp"
#include "colonnade/error.hpp"
#include "graph/bind_inputs.hpp"
#include "kernels/conv/bf16_kernels.hpp"
#include "passes/fold_constants.hpp"

namespace colonnade::cpu {
namespace {

Graph simplified(const Graph& graph, std::span<const Shape> input_shapes,
                 std::span<const OutputGate> gates) {
  Graph result = fold_constants(graph, input_shapes);
  merge_pads(result);
  fold_batch_norms(result);
  join_pointwise(result, gates);
  return result;
}

bool is_static(const Graph& graph) {
  const auto known = [&](ValueId id) {
    return id == kNoValue || (graph.values[id].shape && graph.values[id].shape->is_static());
  };
  return std::all_of(graph.inputs.begin(), graph.inputs.end(), known) &&
         std::all_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
           return std::all_of(node.outputs.begin(), node.outputs.end(), known);
         });
}

class CpuProgram final : public Program, public std::enable_shared_from_this<CpuProgram> {
 public:
  CpuProgram(const Graph& graph, std::span<const Shape> input_shapes, const CompileOptions& options)
      : graph_(simplified(graph, input_shapes, options.gates)),
        limits_(options.limits),
        options_{options.winograd, options.dense, LayerKernels(options), options.gates},
        weights_(options.isa) {
    if (is_static(graph_)) plan_ = plan_of(graph_);
    if (plan_) forget_weights();
    if (options.warm.empty()) return;
    if (!plan_) throw Error(ErrorCode::format, "found backgrounds of a graph that has none");
    plan_->backgrounds->tell(to_backgrounds(options.warm, plan_->active.maps));
  }

  std::unique_ptr<Session> create_session(Executor& threads) const override;
  std::vector<Tensor> warm_up(Executor& threads) const override;
  std::vector<LayerPrecision> layers() const override;
  std::uint64_t session_bytes() const override {
    return plan_ ? static_cast<std::uint64_t>(bytes_of(*plan_)) : 0;
  }

  bool leaves_out(std::span<const ConstTensorView> inputs) const override {
    return plan_ && !plan_->active.empty() && inputs.size() == 1 &&
           inputs[0].shape == plan_->inputs[0].shape &&
           has_few_cells(static_cast<const float*>(inputs[0].data), inputs[0].shape);
  }

  const Graph& graph() const { return graph_; }
  /// The one plan of a graph whose inputs have one shape each; else null.
  std::shared_ptr<const Plan> plan() const { return plan_; }
  /// Null: shapes depend on elements, and no plan can be made ahead.
  std::shared_ptr<const Plan> plan_for(std::span<const ConstTensorView> inputs) const {
    std::vector<Shape> shapes;
    for (const ConstTensorView& input : inputs) shapes.push_back(input.shape);
    Graph sized = graph_;
    fix_scatter_sizes(sized, inputs);
    const Graph shaped = simplified(sized, shapes, options_.gates);
    if (!is_static(shaped)) return nullptr;
    return plan_of(shaped);
  }
  const RunLimits& limits() const { return limits_; }

 private:
  std::shared_ptr<const Plan> plan_of(const Graph& shaped) const {
    check_limits(shaped, limits_);
    Plan plan = make_plan(shaped, weights_, options_);
    check_limits(plan, limits_);
    return std::make_shared<const Plan>(std::move(plan));
  }

  // The one plan holds them packed; of the graph only its inputs are asked for from now on.
  void forget_weights() {
    for (Value& value : graph_.values) value.constant = {};
    weights_.clear();
  }

  Graph graph_;
  RunLimits limits_;
  PlanOptions options_;
  mutable WeightStore weights_;
  std::shared_ptr<const Plan> plan_;
};

class CpuSession final : public Session {
 public:
  CpuSession(std::shared_ptr<const CpuProgram> program, Executor& threads)
      : program_(std::move(program)), threads_(threads) {
    if (program_->plan()) remember(program_->plan());
  }

  void run(std::span<const ConstTensorView> inputs) override {
    check_inputs(inputs);
    if (Execution* execution = find(inputs)) {
      execution->run(inputs);
      outputs_ = execution->outputs();
    } else {
      evaluate_dynamic(inputs);
    }
  }

  void run(const BevImage& image) override {
    const Shape shape{1, image.channels, image.height, image.width};
    const ConstTensorView input{DType::f32, shape, nullptr, true};
    check_inputs({&input, 1});
    if (Execution* execution = find({&input, 1})) {
      execution->run(image);
      outputs_ = execution->outputs();
    } else {
      const Tensor whole = dense(image);
      const ConstTensorView view = whole.view();
      evaluate_dynamic({&view, 1});
    }
  }

  void observe(LayerCallback callback) override { observer_ = std::move(callback); }

  void skip_below(float least) override {
    least_ = least;
    for (Execution& execution : recent_) execution.skip_below(least);
  }

  std::span<const ConstTensorView> outputs() const override { return outputs_; }

 private:
  // Plans of this many sets of shapes: a detector alternates between few, and each holds memory.
  static constexpr std::size_t kRecent = 2;

  void check_inputs(std::span<const ConstTensorView> inputs) const {
    const Graph& graph = program_->graph();
    check_input_count(graph, inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      check_input(graph.values[graph.inputs[i]], inputs[i].dtype, inputs[i].shape);
    }
  }

  Execution& remember(std::shared_ptr<const Plan> plan) {
    if (recent_.size() == kRecent) recent_.pop_back();
    Execution& execution = recent_.emplace_front(std::move(plan), threads_, arena_, observer_);
    execution.skip_below(least_);
    return execution;
  }

  // The execution planned for these shapes, made where there is none; null: it can't be planned.
  Execution* find(std::span<const ConstTensorView> inputs) {
    const auto fits = [&](const Execution& execution) {
      return std::equal(
          inputs.begin(), inputs.end(), execution.plan().inputs.begin(),
          [](const ConstTensorView& view, const Slot& slot) { return view.shape == slot.shape; });
    };
    const auto found = std::find_if(recent_.begin(), recent_.end(), fits);
    if (found != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, found);
      return &recent_.front();
    }
    std::shared_ptr<const Plan> plan = program_->plan_for(inputs);
    return plan ? &remember(std::move(plan)) : nullptr;
  }

  void evaluate_dynamic(std::span<const ConstTensorView> inputs) {
    evaluated_ = evaluate(program_->graph(), inputs, {}, program_->limits());
    evaluated_views_.clear();
    for (const Tensor& tensor : evaluated_) evaluated_views_.push_back(tensor.view());
    outputs_ = evaluated_views_;
  }

  std::shared_ptr<const CpuProgram> program_;
  Executor& threads_;
  Arena arena_;
  LayerCallback observer_;
  float least_ = -std::numeric_limits<float>::infinity();
  std::list<Execution> recent_;  ///< The latest first.
  std::span<const ConstTensorView> outputs_;
  std::vector<Tensor> evaluated_;
  std::vector<ConstTensorView> evaluated_views_;
};

std::unique_ptr<Session> CpuProgram::create_session(Executor& threads) const {
  return std::make_unique<CpuSession>(shared_from_this(), threads);
}

std::vector<Tensor> CpuProgram::warm_up(Executor& threads) const {
  if (!plan_ || plan_->active.empty()) return {};
  const Shape& image = plan_->inputs[0].shape;
  create_session(threads)->run(BevImage{nullptr, nullptr, 0, image[1], image[2], image[3]});
  return to_tensors(plan_->backgrounds->get([](const auto&) { return std::vector<Background>(); }));
}

std::vector<LayerPrecision> CpuProgram::layers() const {
  std::vector<LayerPrecision> layers;
  if (!plan_) return layers;
  for (const Step& step : plan_->steps) {
    const auto* conv = std::get_if<ConvStep>(&step);
    if (conv != nullptr) {
      layers.push_back({conv->name, conv->pieces.front().precision(), conv->input});
    }
  }
  return layers;
}

}  // namespace

PrecisionChoice choose_precision(Isa isa, Precision requested) {
  if (requested == Precision::int8 && find_conv_kernel(isa, Precision::int8) != nullptr) {
    return {requested, Precision::int8, ""};
  }
  const std::string no_bytes =
      isa == Isa::avx512 ? "this CPU has no VNNI" : fmt::format("{} has no INT8", isa_name(isa));
  if (requested == Precision::fp32) return {};
  if (requested == Precision::tf32) return {requested, Precision::fp32, "a CPU has no TF32"};
  if (find_conv_kernel(isa, Precision::bf16) != nullptr) {
    return {requested, Precision::bf16,
            requested == Precision::int8   ? no_bytes
            : requested == Precision::bf16 ? ""
                                           : "a CPU's reduced precision is BF16"};
  }
  if (requested == Precision::int8) return {requested, Precision::fp32, no_bytes + " nor BF16"};
  return {requested, Precision::fp32,
          isa == Isa::avx512 && bf16_is_slow()
              ? "outside of AMX this CPU's BF16 is slower than FP32"
          : isa == Isa::avx512 ? "this CPU has no AVX512_BF16"
                               : fmt::format("{} has no BF16", isa_name(isa))};
}

std::shared_ptr<const Program> compile(const Graph& graph, std::span<const Shape> input_shapes,
                                       const CompileOptions& options) {
  return std::make_shared<CpuProgram>(graph, input_shapes, options);
}

}  // namespace colonnade::cpu
