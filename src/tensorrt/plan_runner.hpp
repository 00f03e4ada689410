// A TensorRT plan, loaded and run: tensors in and out by the names of its graph.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.hpp"
#include "graph/graph.hpp"
#include "tensorrt/adapter.hpp"
#include "tensorrt/cuda.hpp"
#include "tensorrt/libraries.hpp"
#include "tensorrt/plan.hpp"

namespace colonnade {

class PlanRunner {
 public:
  /// Takes `engine`, of `adapter`. `where` is the plan's file. Error(unsupported): a tensor of a
  /// type that Colonnade lacks.
  PlanRunner(const Adapter& adapter, AdapterEngine* engine, std::shared_ptr<Cuda> cuda,
             std::string where);
  ~PlanRunner();
  PlanRunner(const PlanRunner&) = delete;
  PlanRunner& operator=(const PlanRunner&) = delete;

  /// Inputs and outputs with their types and shapes, dynamic dimensions unknown; no nodes.
  const Graph& signature() const noexcept { return signature_; }
  /// What the inputs' dimensions may be, of one profile at least.
  const std::vector<OptimizationProfile>& profiles() const noexcept { return profiles_; }

  /// Of the inputs' types, within the profile of that number; both in the signature's order. Valid
  /// until the next run. Error(mismatch | unsupported): what TensorRT or CUDA refuses, in their
  /// words.
  std::span<const Tensor> run(std::span<const ConstTensorView> inputs, std::size_t profile = 0);

  std::string device() const { return cuda_->device(); }

 private:
  struct Buffer {
    void* memory = nullptr;
    std::size_t bytes = 0;
  };
  void read_signature();
  void read_profiles();
  void set_shapes(std::span<const ConstTensorView> inputs, std::size_t profile);
  void* buffer_of(ValueId id, std::size_t bytes);

  const Adapter& adapter_;
  AdapterEngine* engine_;
  std::shared_ptr<Cuda> cuda_;
  std::string where_;
  Graph signature_;
  std::vector<OptimizationProfile> profiles_;
  std::vector<Buffer> buffers_;  ///< By ValueId.
  std::vector<Tensor> outputs_;
};

/// Error(format): no plan, or torn. Error(unsupported): no GPU, or one that the library refuses, by
/// its name.
std::unique_ptr<PlanRunner> load_plan(const TensorRtLibrary& library,
                                      std::span<const std::byte> plan, const std::string& where);

}  // namespace colonnade
