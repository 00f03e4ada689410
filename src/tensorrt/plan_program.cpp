#include "tensorrt/plan_program.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tensorrt/scattered_rpn.hpp"

namespace colonnade {
namespace {

class PlanSession final : public Session {
 public:
  explicit PlanSession(std::unique_ptr<PlanRunner> runner)
      : runner_(std::move(runner)),
        takes_pillars_(runner_->signature().find_input(kPillarRows) != kNoValue) {
    const Graph& signature = runner_->signature();
    for (std::size_t k = 0; k < signature.outputs.size(); ++k) {
      const ValueId id = takes_pillars_ ? signature.find_output(scattered_output(k)) : kNoValue;
      const auto at = std::find(signature.outputs.begin(), signature.outputs.end(), id);
      order_.push_back(at == signature.outputs.end()
                           ? k
                           : static_cast<std::size_t>(at - signature.outputs.begin()));
    }
  }

  void use_profile(std::size_t number) override { profile_ = number; }
  void run(std::span<const ConstTensorView> inputs) override {
    const std::span<const Tensor> found = runner_->run(inputs, profile_);
    outputs_.clear();
    for (const std::size_t k : order_) outputs_.push_back(found[k].view());
  }
  void run(const BevImage& image) override {
    if (takes_pillars_) return run_pillars(image);
    const Tensor canvas = dense(image);
    run(std::vector<ConstTensorView>{canvas.view()});
  }
  std::span<const ConstTensorView> outputs() const override { return outputs_; }

 private:
  /// As scattered_rpn's graph has them. A plan takes one pillar at least: a sweep without any has
  /// one of zeros.
  void run_pillars(const BevImage& image) {
    const std::int64_t count = std::max<std::int64_t>(image.count, 1);
    rows_.assign(static_cast<std::size_t>(count), 0);
    for (std::int64_t p = 0; p < image.count; ++p) {
      rows_[static_cast<std::size_t>(p)] =
          image.cells[p].iy * static_cast<std::int32_t>(image.width) + image.cells[p].ix;
    }
    nothing_.resize(static_cast<std::size_t>(image.channels));
    const float* features = image.count > 0 ? image.features : nothing_.data();
    const ConstTensorView views[] = {{DType::f32, Shape{count, image.channels}, features},
                                     {DType::i32, Shape{count, 1}, rows_.data()}};
    run(views);
  }

  std::unique_ptr<PlanRunner> runner_;
  bool takes_pillars_;
  std::size_t profile_ = 0;
  std::vector<std::size_t> order_;  ///< Of the runner's outputs, as the graph had them.
  std::vector<std::int32_t> rows_;
  std::vector<float> nothing_;
  std::vector<ConstTensorView> outputs_;
};

}  // namespace

PlanProgram::PlanProgram(std::unique_ptr<PlanRunner> first, Load load)
    : signature_(first->signature()),
      profiles_(first->profiles()),
      device_(first->device()),
      load_(std::move(load)),
      first_(std::move(first)) {}

std::unique_ptr<Session> PlanProgram::create_session(Executor&) const {
  const std::lock_guard lock(mutex_);
  return std::make_unique<PlanSession>(first_ ? std::move(first_) : load_());
}

std::shared_ptr<const PlanProgram> open_plan(const TensorRtLibrary& library,
                                             std::vector<std::byte> plan,
                                             const std::string& where) {
  const auto load = [library, where,
                     kept = std::make_shared<const std::vector<std::byte>>(std::move(plan))] {
    return load_plan(library, *kept, where);
  };
  return std::make_shared<const PlanProgram>(load(), load);
}

}  // namespace colonnade
