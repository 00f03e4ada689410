// What is measured: a model on clouds, or a graph on tensors or on what a model makes of clouds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "measure/feed.hpp"
#include "measure/lane.hpp"

#include "colonnade/executor.hpp"
#include "colonnade/layer_run.hpp"
#include "colonnade/tensorrt.hpp"

namespace colonnade {

struct SubjectOptions {
  std::string model;  ///< model.yaml, or its engine, that makes a graph's inputs out of clouds.
  std::vector<std::string> clouds;  ///< Files.
  CloudFormat format = CloudFormat::automatic;
  FeedWords words;  ///< Of a graph without clouds.
  /// auto: an engine's own, else cpu, the fastest kernels, fp32.
  std::string backend = "auto", isa = "auto", precision = "auto";
  bool dense = false, direct = false;
  std::optional<std::size_t> profile;  ///< Of a graph's engine; else the tightest.
  TensorRtPlaces tensorrt;             ///< For plans.
};

/// Immutable: any number of lanes run on it.
class Subject {
 public:
  virtual ~Subject() = default;
  /// "model demo on 5 clouds", "rpn.onnx on noise in 'image'".
  virtual std::string title() const = 0;
  virtual std::string backend() const = 0;
  virtual std::string isa_name() const = 0;
  virtual std::string precision() const = 0;  ///< As PrecisionChoice::text.
  /// `observer` is told of layers, and of a detector's other stages; empty: nobody is.
  virtual std::unique_ptr<Lane> lane(std::shared_ptr<Executor> threads,
                                     LayerCallback observer) const = 0;
  /// Which cells of BEV maps are computed: "whole maps", "active cells of a sweep".
  virtual std::string cells() const = 0;
  /// The names of what goes in and comes out.
  virtual std::vector<std::string> bindings() const = 0;
  /// What a graph is given; none of a model.
  virtual std::span<const Feed> feeds() const { return {}; }
};

/// A model.yaml, by its name, or an engine of one; else it's a graph.
bool is_model_file(const std::string& file);

/// By what the file is. Error(invalid_argument): options that don't go with it; else as what is
/// opened.
std::unique_ptr<Subject> open_subject(const std::string& file, const SubjectOptions& options);

}  // namespace colonnade
