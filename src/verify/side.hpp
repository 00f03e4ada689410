// One of two things that should answer the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "measure/feed.hpp"

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/tensorrt_places.hpp"

namespace colonnade {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// What a side makes of one input.
struct Answer {
  std::vector<NamedTensor> tensors;  ///< In the order of the data.
  std::optional<std::vector<Box>> boxes;
};

/// A cloud, or what a graph is given.
struct Question {
  std::string name;
  const Cloud* cloud = nullptr;
  const Feed* feed = nullptr;
};

/// "auto" is an engine's own; else cpu, the fastest kernels, fp32.
struct SideOptions {
  std::string backend = "auto", isa = "auto", precision = "auto";
  /// Round what the convolutions' products are made of to `precision` and compute in fp32, instead
  /// of what this machine makes of it: round_products.
  bool emulate = false;
  bool layers = false;      ///< Answer with every layer.
  TensorRtPlaces tensorrt;  ///< For plans.
};

class Side {
 public:
  virtual ~Side() = default;
  virtual std::string title() const = 0;  ///< "rpn.onnx, cpu (avx2, bf16)"
  virtual bool takes_clouds() const = 0;
  virtual Answer answer(const Question& question) = 0;
};

/// A model.yaml, an .onnx file, an engine of either, or, with backend tensorrt, a plan alone;
/// convolutions are direct: the order of sums that `run` has. Error(unsupported): layers of a plan,
/// or one that is to emulate.
std::unique_ptr<Side> open_side(const std::string& file, const SideOptions& options);

}  // namespace colonnade
