#include "tensorrt/plan_program.hpp"

#include <utility>

namespace colonnade {
namespace {

class PlanSession final : public Session {
 public:
  explicit PlanSession(std::unique_ptr<PlanRunner> runner) : runner_(std::move(runner)) {}

  void run(std::span<const ConstTensorView> inputs) override {
    outputs_.clear();
    for (const Tensor& output : runner_->run(inputs)) outputs_.push_back(output.view());
  }
  void run(const BevImage& image) override {
    const Tensor canvas = dense(image);
    run(std::vector<ConstTensorView>{canvas.view()});
  }
  std::span<const ConstTensorView> outputs() const override { return outputs_; }

 private:
  std::unique_ptr<PlanRunner> runner_;
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
