// One ONNX graph, compiled: what runs a PFN, an MFN or an RPN by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "colonnade/engine.hpp"
#include "colonnade/executor.hpp"
#include "colonnade/export.hpp"

namespace colonnade {

/// ONNX's element types that graphs may have, native-endian; float16 and bfloat16 are 16 bits each,
/// boolean is a byte of 0 or 1.
enum class ElementType : std::uint8_t {
  float32,
  float64,
  float16,
  bfloat16,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  boolean
};

/// A borrowed tensor in the host's memory: dense, row-major, as many elements as `shape` says. A
/// scalar's shape is empty.
struct HostTensor {
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  const void* data = nullptr;
};

/// An input: -1 in `shape` is a dimension that a run decides, within a profile's bounds.
struct GraphInput {
  std::string name;
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
};

/// An optimization profile: shapes of all inputs that an engine was built for (build.hpp).
struct GraphProfile {
  struct Input {
    std::vector<std::int64_t> min, opt, max;
  };
  std::vector<Input> inputs;        ///< In the inputs' order.
  std::uint64_t context_bytes = 0;  ///< As GraphEngine::context_bytes of the largest shapes.
};

/// A run's buffers: one thread's, on an engine that it keeps alive.
class COLONNADE_EXPORT Context {
 public:
  ~Context();
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;

  /// What `input` is in the runs to come. Nothing is copied: each run reads the elements, so they
  /// must stay where they are until the last run that uses them.
  /// Error(invalid_argument): no such input, no elements; mismatch: another type, or a shape that
  /// the graph or the profiles don't allow, with the dimension, its value and the ranges.
  void bind(std::string_view input, const HostTensor& tensor);
  /// In the context's profile, or the tightest that takes all inputs' shapes.
  /// Error(invalid_argument): inputs that aren't bound, by name; mismatch: no profile takes their
  /// shapes together; limit: the run needs more memory than it may hold; others come from operators
  /// that can't do with these elements. After the first run on a set of shapes nothing is
  /// allocated; the last two sets are remembered.
  void run();
  /// Of the last run; valid until the next one. Error(invalid_argument): no such output, or no run.
  HostTensor output(std::string_view name) const;

 private:
  friend class GraphEngine;
  struct State;
  explicit Context(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Immutable; any number of threads may use it, each with a context of its own.
class COLONNADE_EXPORT GraphEngine {
 public:
  /// Of an .onnx file, or of an engine file of one. Convolutions are the fastest, Winograd's
  /// included, unless `options.direct`. Errors as Engine::open's; Error(mismatch): the engine of a
  /// whole model, which Engine::open takes.
  static std::shared_ptr<const GraphEngine> open(const std::string& path,
                                                 const EngineOptions& options = {});
  ~GraphEngine();

  const std::vector<GraphInput>& inputs() const noexcept;    ///< In the graph's order.
  const std::vector<std::string>& outputs() const noexcept;  ///< Names, in the graph's order.
  /// None of a graph that wasn't built with one: it takes any shapes that fit the graph.
  const std::vector<GraphProfile>& profiles() const noexcept;
  const std::string& backend() const noexcept;    ///< As Engine::backend.
  const std::string& isa() const noexcept;        ///< As Engine::isa.
  const std::string& precision() const noexcept;  ///< As Engine::precision.

  /// Bytes that a context takes for runs on these shapes, one an input in their order (weights,
  /// which contexts share, not included); 0: it isn't known ahead, because shapes depend on
  /// elements or the backend doesn't plan. Error as bind's and run's.
  std::uint64_t context_bytes(const std::vector<std::vector<std::int64_t>>& shapes) const;

  /// `threads` as DetectorOptions::threads; an `executor` instead of a pool of the context's own.
  /// Of one `profile` by its number, or of all. Error(invalid_argument): there's no such profile.
  Context create_context(int threads = 0, std::shared_ptr<Executor> executor = {},
                         std::optional<std::size_t> profile = {}) const;

  struct Body;  ///< For the library itself, as the constructor.
  explicit GraphEngine(std::shared_ptr<const Body> body);

 private:
  std::shared_ptr<const Body> body_;
};

}  // namespace colonnade
