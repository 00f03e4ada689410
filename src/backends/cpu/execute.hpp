// Runs a plan: its memory, its steps.
#pragma once

#include <atomic>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backends/cpu/active/active_frame.hpp"
#include "backends/cpu/active/scan.hpp"
#include "backends/cpu/canvas.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/share.hpp"
#include "frame/bev_image.hpp"

#include "colonnade/executor.hpp"
#include "colonnade/layer_run.hpp"

namespace colonnade::cpu {

/// Activations of whichever plan runs now; grows, never shrinks. One a session.
struct Arena {
  Tensor block;
  void* reserve(std::int64_t bytes);
};

class Execution {
 public:
  /// `threads`, `arena` and `observer` outlive it.
  Execution(std::shared_ptr<const Plan> plan, Executor& threads, Arena& arena,
            const LayerCallback& observer);

  const Plan& plan() const { return *plan_; }
  /// Inputs of the planned types.
  void run(std::span<const ConstTensorView> inputs);
  void run(const BevImage& image);
  /// As Session's.
  void skip_below(float least);
  std::span<const ConstTensorView> outputs() const { return outputs_; }

 private:
  template <typename T>
  T* at(const Ref& ref) const {
    return reinterpret_cast<T*>(memory_[ref.buffer] + ref.byte);
  }
  void bind_arena();
  void bind_inputs(std::span<const ConstTensorView> inputs);
  void run_step(std::size_t s);
  /// Runs f, which runs steps s to last (all of them, or their active cells), and tells the
  /// observer of them as one.
  template <typename F>
  void observed(std::size_t s, std::size_t last, bool active, F&& f);
  double flop_of_run(std::size_t s, bool active) const;
  void run_steps(std::size_t first);
  void draw(const BevImage& image);  ///< Onto the canvas.
  void run_scanned(const float* image);
  void prepare_active();
  /// What reads the canvas finds the image there.
  void run_active(const ActiveImage& image);
  std::vector<Background> find_backgrounds(LazyBackgrounds::Known known);
  /// All cells, or the active ones of the step of that number.
  void convolve(const ConvStep& step, std::optional<std::size_t> active = {});
  /// The steps together, the active ones' active cells only.
  void run_banded(const BandedSteps& banded, bool active);
  bool skips() const { return least_ > -std::numeric_limits<float>::infinity(); }
  struct Band;
  void run_band(const Band& band);
  void run_gated(const Band& band, const BandedSteps::Gate& gate);
  float* band_data(const Band& band);
  ConvArgs band_args(const Band& band, std::size_t step, std::size_t piece);
  Cells band_cells(const Band& band, std::size_t step, std::size_t piece) const;
  ThreadScratch thread_scratch();
  void convolve_tiles(const ConvStep& step, std::optional<std::size_t> active);
  /// A piece's, for one image.
  ConvArgs args_of(const ConvStep& step, std::size_t piece, std::optional<std::size_t> active,
                   std::int64_t image);
  void execute(const ConvStep& step) { convolve(step); }
  void execute(const DepthwiseStep& step);
  void execute(const SeparableStep& step);
  void execute(const CopyStep& step);
  void execute(const UnaryStep& step);
  void execute(const BinaryStep& step);
  void execute(const ReduceMaxStep& step);
  void execute(const PooledRowsStep& step);
  void execute(const ScatterStep& step);
  void execute(const ReferenceStep& step);

  /// Calls f(image, first row, end) for parts that together are all rows.
  template <typename F>
  void share_rows(std::int64_t images, std::int64_t rows, F&& f);

  /// Calls f(part of the nest) for parts that together are the nest.
  template <typename F>
  void share(const LoopNest& nest, F&& f);

  std::shared_ptr<const Plan> plan_;
  Executor& threads_;
  Arena& arena_;
  const LayerCallback& observer_;
  Tensor kept_, scratch_, zeros_;
  Tensor matrices_;
  Tensor bands_;    ///< One a thread; the map of any of the plan's banded steps.
  Tensor passing_;  ///< int32, plan_->band_cells a thread: a band's cells that gated steps compute.
  float least_ = -std::numeric_limits<float>::infinity();
  std::vector<std::atomic<std::int64_t>> computed_;  ///< By gated step: cells of the last run.
  std::vector<std::int32_t> tiles_;
  Tensor image_;         ///< The input of run(BevImage) where the plan has no canvas.
  Canvas image_canvas_;  ///< What lies on it, or on the plan's canvas.
  std::optional<ActiveFrame> active_;
  std::optional<ImageScan> scan_;
  std::vector<Canvas> scatter_;     ///< By buffer.
  std::vector<std::byte*> memory_;  ///< By buffer.
  std::vector<ConstTensorView> operands_;
  std::vector<TensorView> results_;
  std::vector<ConstTensorView> outputs_;
};

}  // namespace colonnade::cpu
