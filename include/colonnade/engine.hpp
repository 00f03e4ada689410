// A compiled model. Immutable; share one between the detectors of many threads.
#pragma once

#include <memory>
#include <string>

#include "colonnade/export.hpp"
#include "colonnade/log.hpp"
#include "colonnade/model.hpp"

namespace colonnade {

struct EngineOptions {
  std::string backend = "cpu";  ///< "cpu" or "reference".
  /// The most that the cpu backend's kernels may use: "auto" (the fastest this machine has),
  /// "avx512", "avx2", "sse4" or "portable". Results differ between them by rounding.
  std::string isa = "auto";
  LogCallback log;  ///< Told how the graphs were cut (debug).
};

/// Created by open and shared; no member changes it, so any number of threads may use it.
class COLONNADE_EXPORT Engine {
 public:
  /// Reads model.yaml and its graphs, checks them against each other, compiles them.
  /// Error(io | format | unsupported): a file; mismatch: graphs and model.yaml don't fit, the grid
  /// and the graph's own scatter included; limit: too large to compute; invalid_argument: no such
  /// backend or isa here.
  static std::shared_ptr<const Engine> open(const std::string& model_yaml,
                                            const EngineOptions& options = {});
  ~Engine();

  const ModelSpec& model() const noexcept;
  const std::string& backend() const noexcept;  ///< As in EngineOptions.
  /// What it was compiled for: "avx512", "avx2", "sse4", "portable (NEON)", "scalar".
  const std::string& isa() const noexcept;

  struct Body;  ///< The library's own.
  const Body& body() const noexcept { return *body_; }

 private:
  explicit Engine(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace colonnade
