// A graph planned for fixed input shapes: steps over buffers with known places and lifetimes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "backends/backend.hpp"
#include "backends/cpu/active/active_plan.hpp"
#include "backends/cpu/active/background.hpp"
#include "backends/cpu/layer_kernels.hpp"
#include "graph/graph.hpp"
#include "kernels/conv/cpu.hpp"
#include "kernels/conv/depthwise.hpp"
#include "kernels/conv/pooled_rows.hpp"
#include "kernels/conv/winograd.hpp"
#include "kernels/elementwise/cpu.hpp"
#include "kernels/elementwise/loop_nest.hpp"
#include "kernels/separable/cpu.hpp"

namespace colonnade::cpu {

/// Bytes that steps read and write.
struct Buffer {
  enum class Kind {
    input,     ///< The caller's tensor, bound at each run; `index` counts the graph's inputs.
    constant,  ///< `constant`'s elements.
    arena,     ///< Shares memory with buffers that live at other steps.
    kept,      ///< Own memory, zeroed once, left alone between runs: canvases and outputs.
    banded,    ///< Only a band of it exists, one a thread: the map of BandedSteps.
  };
  Kind kind = Kind::arena;
  std::size_t index = 0;
  Tensor constant;
  std::int64_t bytes = 0;
  std::int64_t offset = 0;  ///< Into the arena or the kept block.
};

/// A place in a buffer.
struct Ref {
  std::size_t buffer = 0;
  std::int64_t byte = 0;
};

/// A value's elements: any strides, so that transposition, slicing and broadcasting are free until
/// somebody needs them dense.
struct Slot {
  Ref ref;
  DType dtype = DType::f32;
  Shape shape;
  Strides strides{};  ///< Elements, by axis of `shape`.

  bool is_row_major() const;
  /// [N, spatial..., C] in memory with cells `cell()` elements apart and no gaps between rows.
  bool is_channels_last() const;
  std::int64_t cell() const { return strides[shape.rank() - 1]; }
};

/// Convolutions that share threads, not each other's results: a group, a phase of a transposed
/// convolution, or all of one.
struct ConvPiece {
  ConvArgs args;                                    ///< Without pointers.
  std::shared_ptr<const PackedWeights> weights;     ///< Either these,
  std::shared_ptr<const WinogradWeights> winograd;  ///< or these, in the only piece of a step.
  Ref input, output;
  Scales input_scales;     ///< Of INT8: of all the tensor's channels.
  Scales output_inverse;   ///< Of a map of bytes: 1 / scale of the channels that it writes.
  std::int64_t cells = 0;  ///< Of one image.
  Placement placement;     ///< On the step's map.

  std::int64_t inputs() const { return weights ? weights->inputs : winograd->inputs; }
  std::int64_t outputs() const { return weights ? weights->outputs : winograd->outputs; }
  /// As they lie in memory (ConvArgs).
  std::int64_t input_words() const { return inputs() / channels_a_word(args.input_type); }
  std::int64_t output_words() const { return outputs() / channels_a_word(args.output_type); }
  const ConvKernel& kernel() const {
    return *(weights ? *weights : winograd->points.front()).kernel;
  }
  Precision precision() const { return kernel().precision; }
};

struct ConvStep {
  std::string name;   ///< The node's.
  std::string input;  ///< The name of the tensor that it reads.
  std::vector<ConvPiece> pieces;
  std::int64_t images = 1, input_image = 0, output_image = 0;  ///< Words from image to image.
  struct Map {
    std::int64_t height = 0, width = 0;
    std::int64_t channels = 0;  ///< Words from cell to cell.
  } map;                        ///< What the pieces write; none where they write rows of a matrix.

  /// The first channel of the map that the piece writes.
  std::int64_t channel_of(const ConvPiece& piece) const {
    const std::int64_t cell = piece.placement.first_row * map.width + piece.placement.first_column;
    return piece.output.byte / static_cast<std::int64_t>(sizeof(float)) - cell * map.channels;
  }
};

struct DepthwiseStep {
  DepthwiseArgs args;  ///< Without pointers.
  Tensor taps, bias;
  std::int64_t rows = 0;  ///< Of one image.
  std::int64_t images = 1, input_image = 0, output_image = 0;
  Ref to, from;
};

/// SeparableArgs, planned.
struct SeparableStep {
  bool max = false;
  AxisTaps rows, columns;
  std::int64_t channels = 0;
  std::int64_t input_cell = 0, input_row = 0, output_cell = 0, output_row = 0;
  std::int64_t images = 1, input_image = 0, output_image = 0;
  Ref to, from;
};

struct CopyStep {
  LoopNest nest;
  std::size_t element = 4;
  Ref to, from;
};

struct UnaryStep {
  UnaryFunction function;
  LoopNest nest;
  Ref to, from;
};

struct BinaryStep {
  op::BinaryKind kind{};
  LoopNest nest;
  Ref to, a, b;
};

struct ReduceMaxStep {
  std::int64_t outer = 0, reduced = 0, inner = 0, row = 0;
  Ref to, from;
};

/// A product of rows, and the maximum over each group of them.
struct PooledRowsStep {
  ConvArgs args;  ///< Without pointers.
  std::shared_ptr<const PackedWeights> weights;
  std::int64_t groups = 0, rows = 0;  ///< Rows of a group.
  Ref to, from;
};

/// Rows of `features` onto a kept canvas, which the previous run's rows leave first.
struct ScatterStep {
  op::PillarScatterForm form{};
  Ref features;  ///< [pillars, C]
  Ref coords;    ///< [pillars, 4]: batch, z, y, x; int32, ScatterBEV's float32
  Ref count;     ///< int32 [1]: how many of the pillars are real; ScatterBEV's params
  Slot canvas;   ///< [1, C, H, W]
  std::int64_t pillars = 0;
};

/// Anything else: the reference kernel on dense row-major tensors.
struct ReferenceStep {
  Node node;
  struct Operand {
    Ref ref;
    ConstTensorView type;  ///< Without data.
  };
  std::vector<Operand> inputs, outputs;
};

using Step = std::variant<ConvStep, DepthwiseStep, SeparableStep, CopyStep, UnaryStep, BinaryStep,
                          ReduceMaxStep, PooledRowsStep, ScatterStep, ReferenceStep>;

/// Convolutions that run together, band after band of a map's rows: the last ones read the map cell
/// by cell, those before them write it, and nobody else knows it. So it never leaves the caches.
struct BandedSteps {
  std::size_t first = 0, first_reader = 0, last = 0;
  std::size_t buffer = 0;
  std::int64_t height = 0, width = 0, channels = 0;  ///< Of the map.
  std::int64_t rows = 0;  ///< Of a band: a multiple of all writers' steps from row to row.

  /// Readers that compute a cell only where a value of another reader's is large enough:
  /// OutputGate.
  struct Gate {
    std::size_t deciding = 0;
    std::vector<std::size_t> gated;
  };
  std::vector<Gate> gates;

  std::int64_t floats() const { return rows * width * channels; }
  bool is_gated(std::size_t step) const;
};

struct Plan {
  std::vector<Buffer> buffers;
  /// The first `prologue` steps bring a BEV image from the caller's tensor onto `canvas`;
  /// run(BevImage) writes there itself and skips them.
  std::vector<Step> steps;
  std::vector<std::string> names;  ///< By step: the graph's nodes that it computes, distinct.
  std::size_t prologue = 0;
  struct Canvas {
    Slot slot;  ///< Channels-last [1, C, H, W].
    bool present = false;
  } canvas;
  std::vector<Slot> inputs, outputs;  ///< Row-major.
  std::int64_t arena_bytes = 0, kept_bytes = 0, scratch_bytes = 0;
  /// The most that a step needs: of all threads together, and of each.
  std::int64_t winograd_floats = 0, winograd_task_floats = 0;
  std::int64_t winograd_tiles = 0;
  std::vector<BandedSteps> banded;
  std::int64_t band_floats = 0;  ///< Of the largest band.
  std::int64_t zeros = 0;        ///< Floats that taps outside of a map may read.
  ActivePlan active;  ///< How an image's few cells make less to compute; empty: they don't.
  std::shared_ptr<LazyBackgrounds> backgrounds = std::make_shared<LazyBackgrounds>();

  /// Of the widest band that has gates.
  std::int64_t band_cells = 0;

  /// Those whose first step it is; none: null.
  const BandedSteps* banded_from(std::size_t step) const;
};

/// Packs a constant's weights once for all plans of a program.
class WeightStore;

struct PlanOptions {
  bool winograd = false, dense = false;  ///< As in CompileOptions.
  LayerKernels kernels{};
  std::vector<OutputGate> gates{};
};

/// `graph`: propagated, all shapes static.
Plan make_plan(const Graph& graph, WeightStore& weights, const PlanOptions& options = {});

}  // namespace colonnade::cpu
