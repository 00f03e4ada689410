// What executes a graph. A backend compiles; a program is immutable and shared; a session is one
// thread's buffers on it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/isa.hpp"
#include "base/precision.hpp"
#include "base/tensor.hpp"
#include "base/tensor_range.hpp"
#include "frame/bev_image.hpp"
#include "graph/graph.hpp"
#include "kernels/cost.hpp"

#include "colonnade/executor.hpp"
#include "colonnade/layer_run.hpp"

namespace colonnade {

/// Of a graph whose outputs, by their places in Graph::outputs, are maps of the same cells: where
/// no value of `deciding` in a cell is large enough, nobody will read that cell of `gated`. So
/// boxes are needed only where a class has a chance.
struct OutputGate {
  std::size_t deciding = 0;
  std::vector<std::size_t> gated;
};

class Session {
 public:
  virtual ~Session() = default;

  /// Runs on inputs in the order of Graph::inputs. A program that was compiled for given shapes
  /// refuses others (Error(mismatch)) before it computes. Of a graph whose only input is a float32
  /// BEV image [1, C, H, W] that is zero in most cells, only what the others can change may be
  /// computed, as for run(BevImage).
  virtual void run(std::span<const ConstTensorView> inputs) = 0;

  /// Runs a graph whose only input is a float32 BEV image [1, C, H, W], given by its pillars.
  virtual void run(const BevImage& image) = 0;

  /// Which of a plan's optimization profiles runs from now on are of; at first it's 0. What is
  /// planned anew for each set of shapes has no use for it.
  virtual void use_profile(std::size_t number) { (void)number; }

  /// Tells `callback` of each layer from now on; empty, as at first: nobody, for no time. A backend
  /// that doesn't run layer by layer never calls it.
  virtual void observe(LayerCallback callback) { (void)callback; }

  /// From now on a run may leave anything in gated outputs (CompileOptions::gates) at cells
  /// where no value of the deciding one is at least `least`. At first all are computed.
  virtual void skip_below(float least) { (void)least; }

  /// In the order of Graph::outputs; dense row-major in the graph's own layout; valid until the
  /// next run.
  virtual std::span<const ConstTensorView> outputs() const = 0;
};

/// A layer with weights, by its node's name, and what its products are computed with.
struct LayerPrecision {
  std::string name;
  Precision precision = Precision::fp32;
  std::string input{};  ///< The name of the tensor that it reads.
};

class Program {
 public:
  virtual ~Program() = default;
  /// `threads` outlives the session.
  virtual std::unique_ptr<Session> create_session(Executor& threads) const = 0;
  /// What the first run(BevImage) would find out, for CompileOptions::warm of another program of
  /// the same graph and otherwise the same options; empty: there's nothing.
  virtual std::vector<Tensor> warm_up(Executor&) const { return {}; }
  /// Whether run(inputs) would compute only what cells of the image that aren't zero can change.
  virtual bool leaves_out(std::span<const ConstTensorView> inputs) const {
    (void)inputs;
    return false;
  }
  /// What a session takes beside the weights, which sessions share; 0: it isn't known ahead.
  virtual std::uint64_t session_bytes() const { return 0; }
  /// In the order of their running; none where shapes aren't known yet, or all is exact.
  virtual std::vector<LayerPrecision> layers() const { return {}; }
};

struct CompileOptions {
  Isa isa = usable_isas().front();  ///< The most that kernels may use.
  RunLimits limits;                 ///< Of one run.
  /// Winograd's algorithm where it's faster: sums in another order, so other rounding.
  bool winograd = false;
  bool dense = false;  ///< Compute all of every map, whatever a BEV image holds.
  /// The least that convolutions may compute with; Backend::choose says what they do.
  Precision precision = Precision::fp32;
  /// Layers that compute with no less than this instead; names that no layer has do nothing.
  std::vector<LayerPrecision> layers{};
  /// Of the tensors that convolutions read: what INT8 needs. Those without stay above it.
  std::vector<TensorRange> ranges{};
  /// Where kernels of that precision don't exist, plain and slow code with its roundings stands in
  /// instead of fp32: to compare.
  bool emulate = false;
  std::vector<OutputGate> gates{};
  /// What such a program's warm_up found; compile throws Error(format) where it can't be this
  /// one's.
  std::vector<Tensor> warm{};
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;
  /// What a program compiled for it, of an effective precision, computes with on this machine:
  /// "avx2", "portable (NEON)", "scalar".
  virtual std::string isa_name(Isa isa, Precision effective) const = 0;
  /// The least that has what makes such a program fast: where it's built without a word about it,
  /// it runs on all machines that have this one.
  virtual Isa least_isa(Isa isa, Precision effective) const = 0;
  /// What this machine makes of a precision with no more than `isa`.
  virtual PrecisionChoice choose(Isa isa, Precision requested) const = 0;
  /// `input_shapes`: one static shape a graph input; then run() on these shapes allocates nothing
  /// after the first call, and the first that leaves something out. Empty: any shape is accepted at
  /// run time. Error(limit), here or at the first run with such shapes: a run would take more than
  /// `options.limits`. Error(invalid_argument): INT8 without ranges.
  virtual std::shared_ptr<const Program> compile(const Graph& graph,
                                                 std::span<const Shape> input_shapes,
                                                 const CompileOptions& options = {}) const = 0;
};

/// Every backend of this build, in the order of documentation. An explicit table.
std::span<const Backend* const> backends();

/// Error(invalid_argument) lists the names that exist.
const Backend& find_backend(const std::string& name);

}  // namespace colonnade
