// One of two things that should answer the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "measure/feed.hpp"

#include "colonnade/box.hpp"
#include "colonnade/cloud.hpp"

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

struct SideOptions {
  std::string backend = "cpu", isa = "auto";
  bool layers = false;  ///< Answer with every layer.
};

class Side {
 public:
  virtual ~Side() = default;
  virtual std::string title() const = 0;  ///< "rpn.onnx, cpu (avx2)"
  virtual bool takes_clouds() const = 0;
  virtual Answer answer(const Question& question) = 0;
};

/// A model.yaml or an .onnx file; convolutions are direct: the order of sums that `run` has.
std::unique_ptr<Side> open_side(const std::string& file, const SideOptions& options);

}  // namespace colonnade
