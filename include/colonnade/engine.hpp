// A compiled model. Immutable; share one between the detectors of many threads.
#pragma once

#include <memory>
#include <string>

#include "colonnade/export.hpp"
#include "colonnade/log.hpp"
#include "colonnade/model.hpp"
#include "colonnade/tensorrt_places.hpp"

namespace colonnade {

struct EngineOptions {
  /// "auto" (an engine file's own, "cpu" for a model.yaml), "cpu", "reference", or "tensorrt" of an
  /// engine file that was built for it.
  std::string backend = "auto";
  /// The most that the cpu backend's kernels may use: "auto" (an engine file's own, for a
  /// model.yaml the fastest this machine has), "amx", "avx512", "avx2", "sse4" or "portable".
  /// Results differ between them by rounding.
  std::string isa = "auto";
  /// The least that the RPN's convolutions may compute with: "auto" (an engine file's own, for a
  /// model.yaml fp32), "fp32", "tf32", "bf16", "fp16" or, of an engine that was built with it,
  /// "int8". Engine::precision says what they do.
  std::string precision = "auto";
  /// Compute the whole of every BEV map, not only what a sweep's pillars, or the cells of an image
  /// that aren't zero, can change: to compare.
  bool dense = false;
  /// Direct convolutions everywhere, none by Winograd's algorithm, and the PFN by the model's own
  /// graph: no sums are taken in another order. Slower, and equal to the dense result bit for bit.
  bool direct = false;
  LogCallback log;          ///< Told how the graphs were cut (debug).
  TensorRtPlaces tensorrt;  ///< Where TensorRT is looked for, of an engine that was built for it.
};

/// Created by open and shared; no member changes it, so any number of threads may use it.
class COLONNADE_EXPORT Engine {
 public:
  /// Of a model.yaml: reads it and its graphs, checks them against each other, compiles them. Of an
  /// engine file (build.hpp): the same from that one file; the content tells which it is.
  /// Error(io | format | unsupported): a file; mismatch: graphs and model.yaml don't fit, the grid
  /// and the graph's own scatter included, or the engine was built for something else; limit: too
  /// large to compute; invalid_argument: no such backend, isa or precision.
  static std::shared_ptr<const Engine> open(const std::string& path,
                                            const EngineOptions& options = {});
  ~Engine();

  const ModelSpec& model() const noexcept;      ///< As model.yaml says it, class names included.
  const std::string& backend() const noexcept;  ///< "cpu", "reference" or "tensorrt".
  /// What it computes with: "amx", "avx512", "avx2", "sse4", "portable (NEON)", "scalar";
  /// TensorRT's version and device.
  const std::string& isa() const noexcept;
  /// What the RPN computes with: "fp32", "bf16"; or, where that isn't what was asked for,
  /// "requested bf16, effective fp32: this CPU has no AVX512_BF16".
  const std::string& precision() const noexcept;

  struct Body;  ///< For the library itself, as are the members that take or give one.
  const Body& body() const noexcept { return *body_; }
  explicit Engine(std::unique_ptr<Body> body);

 private:
  std::unique_ptr<Body> body_;
};

}  // namespace colonnade
