#include "backends/cpu/execute.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "backends/cpu/layers.hpp"
#include "backends/cpu/scatter_size.hpp"
#include "backends/cpu/winograd_run.hpp"
#include "base/divide_up.hpp"
#include "kernels/elementwise/cpu.hpp"
#include "kernels/reduce/cpu.hpp"
#include "kernels/reference.hpp"
#include "kernels/shape/cpu.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kAlignment = 64;
// To balance; tasks are taken as threads get free. A convolution's tasks are long.
constexpr std::int64_t kTasksPerThread = 4, kConvTasksPerThread = 16;

Tensor bytes(std::int64_t count) {
  return Tensor(DType::u8, {count});
}

/// Runs f; its milliseconds, where somebody wants to know.
template <typename F>
double timed(const LayerCallback& observer, F&& f) {
  if (!observer) return f(), 0;
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

void* Arena::reserve(std::int64_t count) {
  if (!block || static_cast<std::int64_t>(block.bytes()) < count) {
    block = Tensor();  // Free first: both at once may not fit.
    block = bytes(count);
  }
  return block.data();
}

Execution::Execution(std::shared_ptr<const Plan> plan, Executor& threads, Arena& arena,
                     const LayerCallback& observer)
    : plan_(std::move(plan)),
      threads_(threads),
      arena_(arena),
      observer_(observer),
      kept_(bytes(plan_->kept_bytes)),
      scratch_(bytes(divide_up(plan_->scratch_bytes, kAlignment) * kAlignment * threads.threads())),
      zeros_(DType::f32, {plan_->zeros}),
      matrices_(DType::f32, {std::max(plan_->winograd_floats,
                                      plan_->winograd_task_floats * threads.threads())}),
      bands_(DType::f32, {threads.threads(), plan_->band_floats}),
      passing_(DType::i32, {threads.threads(), plan_->band_cells}),
      computed_(plan_->steps.size()),
      scatter_(plan_->buffers.size()),
      memory_(plan_->buffers.size()) {
  tiles_.reserve(static_cast<std::size_t>(plan_->winograd_tiles));
  for (std::size_t b = 0; b < memory_.size(); ++b) {
    const Buffer& buffer = plan_->buffers[b];
    if (buffer.kind == Buffer::Kind::kept) {
      memory_[b] = static_cast<std::byte*>(kept_.data()) + buffer.offset;
    } else if (buffer.kind == Buffer::Kind::constant) {
      // Steps never write there.
      memory_[b] = static_cast<std::byte*>(const_cast<void*>(buffer.constant.data()));
    }
  }
  if (plan_->canvas.present) {
    const Slot& slot = plan_->canvas.slot;
    image_canvas_ = Canvas(at<float>(slot.ref), slot.shape, slot.strides);
  }
  for (const Step& step : plan_->steps) {
    const auto* scatter = std::get_if<ScatterStep>(&step);
    if (scatter == nullptr) continue;
    scatter_[scatter->canvas.ref.buffer] =
        Canvas(at<float>(scatter->canvas.ref), scatter->canvas.shape, scatter->canvas.strides);
  }
}

void Execution::bind_arena() {
  auto* base = static_cast<std::byte*>(arena_.reserve(plan_->arena_bytes));
  for (std::size_t b = 0; b < memory_.size(); ++b) {
    const Buffer& buffer = plan_->buffers[b];
    if (buffer.kind == Buffer::Kind::arena) memory_[b] = base + buffer.offset;
    if (buffer.kind == Buffer::Kind::banded) memory_[b] = bands_.as<std::byte>();
  }
  outputs_.clear();
  for (const Slot& slot : plan_->outputs) {
    outputs_.push_back({slot.dtype, slot.shape, at<void>(slot.ref), true});
  }
}

void Execution::bind_inputs(std::span<const ConstTensorView> inputs) {
  for (std::size_t b = 0; b < memory_.size(); ++b) {
    const Buffer& buffer = plan_->buffers[b];
    if (buffer.kind != Buffer::Kind::input) continue;
    memory_[b] = static_cast<std::byte*>(const_cast<void*>(inputs[buffer.index].data));
  }
}

void Execution::run(std::span<const ConstTensorView> inputs) {
  bind_arena();
  bind_inputs(inputs);
  if (!plan_->active.empty()) return run_scanned(static_cast<const float*>(inputs[0].data));
  if (plan_->canvas.present) image_canvas_.mark_dense();
  run_steps(0);
}

// The scan stands for the prologue: it brings the image onto the canvas, however full it is.
void Execution::run_scanned(const float* image) {
  if (!scan_) scan_.emplace(plan_->inputs[0].shape);
  const auto scan = [&] { scan_->draw(image, image_canvas_, threads_); };
  const double ms = timed(observer_, scan);
  if (observer_) observer_({"(scan the image)", "active", "", ms, 0});
  if (scan_->few()) {
    if (!active_) {
      prepare_active();  // It takes the canvas.
      scan();
    }
    return run_active({at<const float>(plan_->canvas.slot.ref), scan_->cells(), true});
  }
  if (active_) active_->forget();
  run_steps(plan_->prologue);
}

void Execution::run(const BevImage& image) {
  const Slot& input = plan_->inputs[0];
  const Shape given{1, image.channels, image.height, image.width};
  if (plan_->inputs.size() != 1 || input.dtype != DType::f32 || !(input.shape == given)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the graph takes {} input(s), the first {}{}; given a BEV image {}",
                            plan_->inputs.size(), name_of(input.dtype), input.shape.to_string(),
                            given.to_string()));
  }
  bind_arena();
  if (!plan_->active.empty()) {
    prepare_active();
    if (plan_->active.canvas_is_read) draw(image);
    const auto count = static_cast<std::size_t>(image.count);
    return run_active({image.features, {image.cells, count}});
  }
  if (!plan_->canvas.present && !image_) {
    image_ = Tensor(DType::f32, given);
    image_canvas_ = Canvas(image_.as<float>(), given, input.strides);
  }
  draw(image);
  if (plan_->canvas.present) {
    run_steps(plan_->prologue);
  } else {
    const ConstTensorView dense = std::as_const(image_).view();
    bind_inputs({&dense, 1});
    run_steps(0);
  }
}

template <typename F>
void Execution::observed(std::size_t s, std::size_t last, bool active, F&& f) {
  const double ms = timed(observer_, f);
  if (!observer_) return;
  const Step& step = plan_->steps[s];
  double flop = 0;
  for (std::size_t each = s; each <= last; ++each) flop += flop_of_run(each, active);
  observer_({plan_->names[s], kind_of(step), precision_of(step), ms, flop});
}

// Right after the step has run.
double Execution::flop_of_run(std::size_t s, bool active) const {
  for (const BandedSteps& banded : plan_->banded) {
    if (!skips() || !banded.is_gated(s)) continue;
    const ConvPiece& piece = std::get<ConvStep>(plan_->steps[s]).pieces.front();
    return flop_of_cell(piece) * static_cast<double>(computed_[s].load());
  }
  if (!active) return flop_of(plan_->steps[s]);
  const auto& step = std::get<ConvStep>(plan_->steps[s]);
  double flop = 0;
  for (std::size_t p = 0; p < step.pieces.size(); ++p) {
    const std::size_t cells = step.pieces[p].winograd ? tiles_.size() : active_->cells(s, p).size();
    flop += flop_of_cell(step.pieces[p]) * static_cast<double>(cells);
  }
  return flop;
}

void Execution::skip_below(float least) {
  if (least == least_) return;
  least_ = least;
  if (active_) active_->skip_below(least);
}

void Execution::draw(const BevImage& image) {
  image_canvas_.clear();
  for (std::int64_t p = 0; p < image.count; ++p) {
    image_canvas_.put(image.cells[p].iy, image.cells[p].ix, image.features + p * image.channels);
  }
}

void Execution::run_step(std::size_t s) {
  std::visit([this](const auto& step) { execute(step); }, plan_->steps[s]);
}

void Execution::run_steps(std::size_t first) {
  for (std::size_t s = first; s < plan_->steps.size(); ++s) {
    if (const BandedSteps* banded = plan_->banded_from(s)) {
      observed(s, banded->last, false, [&] { run_banded(*banded, false); });
      s = banded->last;
    } else {
      observed(s, s, false, [&] { run_step(s); });
    }
  }
}

void Execution::prepare_active() {
  if (active_) return;
  const std::vector<Background>& backgrounds =
      plan_->backgrounds->get([this](auto known) { return find_backgrounds(std::move(known)); });
  active_.emplace(*plan_, backgrounds);
  if (skips()) active_->skip_below(least_);
}

void Execution::run_active(const ActiveImage& image) {
  const double ms = timed(observer_, [&] { active_->begin(image, memory_, threads_); });
  if (observer_) observer_({"(find active cells)", "active", "", ms, 0});
  for (std::size_t s = plan_->prologue; s < plan_->steps.size(); ++s) {
    if (const BandedSteps* banded = plan_->banded_from(s)) {
      const bool active = active_->covers(s);
      observed(s, banded->last, active, [&] { run_banded(*banded, active); });
      s = banded->last;
    } else if (active_->covers(s)) {
      observed(s, s, true, [&] {
        convolve(std::get<ConvStep>(plan_->steps[s]), s);
        active_->complete(s, threads_);
      });
    } else {
      observed(s, s, false, [&] { run_step(s); });
    }
  }
}

// What the same kernels make of an image without pillars. Step by step: maps that else exist in
// bands are whole here. Of a map that is known its writers don't run; it's written out for those of
// its readers that do.
std::vector<Background> Execution::find_backgrounds(LazyBackgrounds::Known known) {
  const ActivePlan& active = plan_->active;
  known.resize(active.maps.size());
  const auto writes_known = [&](std::size_t s) {
    return active.steps[s] && known[active.steps[s]->output];
  };
  const auto is_read = [&](std::size_t map) {
    if (active.maps[map].storage == ActiveMap::Storage::whole) return true;
    for (std::size_t s = 0; s < active.steps.size(); ++s) {
      if (active.steps[s] && active.steps[s]->input == map && !writes_known(s)) return true;
    }
    return false;
  };
  std::vector<Background> backgrounds;
  std::vector<Tensor> whole;
  for (const BandedSteps& banded : plan_->banded) {
    whole.emplace_back(DType::f32, Shape{banded.height, banded.width, banded.channels});
    memory_[banded.buffer] = whole.back().as<std::byte>();
  }
  image_canvas_.clear();
  const auto add = [&](std::size_t m) {
    const ActiveMap& map = active.maps[m];
    auto* cells = reinterpret_cast<float*>(memory_[map.buffer]);
    if (known[m] && is_read(m)) lay_out(*known[m], cells);
    backgrounds.push_back(known[m] ? *known[m]
                                   : find_background(cells, map.height, map.width, map.channels));
  };
  add(0);
  for (std::size_t s = plan_->prologue; backgrounds.size() < active.maps.size(); ++s) {
    if (!writes_known(s)) run_step(s);
    if (active.maps[backgrounds.size()].last_writer == s) add(backgrounds.size());
  }
  for (const BandedSteps& banded : plan_->banded) memory_[banded.buffer] = bands_.as<std::byte>();
  return backgrounds;
}

// Tasks are chunks of cells, the pieces of a chunk side by side, and blocks of output channels too
// where there are few chunks: each output is computed whole by one task, in an order that doesn't
// depend on the cut.
void Execution::convolve(const ConvStep& step, std::optional<std::size_t> active) {
  if (step.pieces.front().winograd) return convolve_tiles(step, active);
  const auto pieces = static_cast<std::int64_t>(step.pieces.size());
  const auto cells_of = [&](std::size_t p) {
    if (!active) return Cells{nullptr, 0, step.pieces[p].cells};
    const std::span<const std::int32_t> list = active_->cells(*active, p);
    return Cells{list.data(), 0, static_cast<std::int64_t>(list.size())};
  };
  std::int64_t chunks = 0, blocks = 1;
  for (std::size_t p = 0; p < step.pieces.size(); ++p) {
    chunks = std::max(chunks, divide_up(cells_of(p).count, kConvChunk));
    blocks = std::max(blocks, step.pieces[p].weights->blocks());
  }
  const std::int64_t all = step.images * chunks * pieces;
  if (all == 0) return;
  const std::int64_t wanted = kConvTasksPerThread * threads_.threads();
  const std::int64_t cuts = std::clamp(divide_up(wanted, all), std::int64_t{1}, blocks);
  const ThreadScratch scratch = thread_scratch();
  threads_.for_each(static_cast<std::size_t>(all * cuts), [&](std::size_t task, int worker) {
    auto index = static_cast<std::int64_t>(task);
    const std::int64_t cut = index % cuts;
    index /= cuts;
    const auto p = static_cast<std::size_t>(index % pieces);
    const ConvPiece& piece = step.pieces[p];
    index /= pieces;
    const std::int64_t image = index / chunks;
    Cells cells = cells_of(p);
    cells.first = index % chunks * kConvChunk;
    cells.count = std::min(kConvChunk, cells.count - cells.first);
    if (cells.count <= 0) return;
    const ConvArgs args = args_of(step, p, active, image);
    const std::int64_t own = piece.weights->blocks();
    conv_cells(args, cells, own * cut / cuts, own * (cut + 1) / cuts, scratch.of(worker));
  });
}

ThreadScratch Execution::thread_scratch() {
  return {scratch_.as<std::byte>(),
          static_cast<std::int64_t>(scratch_.bytes()) / threads_.threads()};
}

ConvArgs Execution::args_of(const ConvStep& step, std::size_t p, std::optional<std::size_t> active,
                            std::int64_t image) {
  const ConvPiece& piece = step.pieces[p];
  ConvArgs args = piece.args;
  args.weights = piece.weights.get();
  args.output_inverse = piece.output_inverse ? piece.output_inverse->data() : nullptr;
  args.zeros = zeros_.as<float>();
  args.input = at<const float>(piece.input) + image * step.input_image;
  args.output = at<float>(piece.output) + image * step.output_image;
  if (active) active_->place(*active, p, args);
  return args;
}

void Execution::convolve_tiles(const ConvStep& step, std::optional<std::size_t> active) {
  const CellMask* mask = active ? &active_->mask(*active, 0) : nullptr;
  list_tiles(step.map.height, step.map.width, mask, tiles_);
  const WinogradMemory memory{{matrices_.as<float>(), matrices_.elements()}, thread_scratch()};
  for (std::int64_t image = 0; image < step.images; ++image) {
    convolve_winograd(args_of(step, 0, active, image), *step.pieces.front().winograd,
                      step.map.height, tiles_, mask, memory, threads_);
  }
}

template <typename F>
void Execution::share_rows(std::int64_t images, std::int64_t rows, F&& f) {
  if (images == 0 || rows == 0) return;
  const std::int64_t wanted = divide_up(kTasksPerThread * threads_.threads(), images);
  const std::int64_t parts = std::clamp(wanted, std::int64_t{1}, rows);
  threads_.for_each(static_cast<std::size_t>(images * parts), [&](std::size_t task, int) {
    const auto index = static_cast<std::int64_t>(task);
    const std::int64_t part = index % parts;
    f(index / parts, rows * part / parts, rows * (part + 1) / parts);
  });
}

void Execution::execute(const DepthwiseStep& step) {
  share_rows(step.images, step.rows, [&](std::int64_t image, std::int64_t begin, std::int64_t end) {
    DepthwiseArgs args = step.args;
    args.taps = step.taps.as<float>();
    args.bias = step.bias.as<float>();
    args.conv.input = at<const float>(step.from) + image * step.input_image;
    args.conv.output = at<float>(step.to) + image * step.output_image;
    depthwise_rows(args, begin, end);
  });
}

void Execution::execute(const SeparableStep& step) {
  const std::int64_t rows = step.rows.outputs();
  share_rows(step.images, rows, [&](std::int64_t image, std::int64_t begin, std::int64_t end) {
    SeparableArgs args;
    args.max = step.max;
    args.rows = &step.rows;
    args.columns = &step.columns;
    args.channels = step.channels;
    args.input = at<const float>(step.from) + image * step.input_image;
    args.input_cell = step.input_cell;
    args.input_row = step.input_row;
    args.output = at<float>(step.to) + image * step.output_image;
    args.output_cell = step.output_cell;
    args.output_row = step.output_row;
    separable_rows(args, begin, end);
  });
}

template <typename F>
void Execution::share(const LoopNest& nest, F&& f) {
  constexpr std::int64_t kWorthwhile = 16384;  // Elements: less takes less than waking a thread.
  const std::int64_t parts = std::clamp<std::int64_t>(nest.elements() / kWorthwhile, 1,
                                                      kTasksPerThread * threads_.threads());
  threads_.for_each(static_cast<std::size_t>(parts), [&](std::size_t part, int) {
    f(nest.share(static_cast<std::int64_t>(part), parts));
  });
}

void Execution::execute(const CopyStep& step) {
  share(step.nest, [&](const LoopNest& nest) {
    copy_strided(nest, step.element, at<void>(step.to), at<const void>(step.from));
  });
}

void Execution::execute(const UnaryStep& step) {
  share(step.nest, [&](const LoopNest& nest) {
    compute_unary(step.function, nest, at<float>(step.to), at<const float>(step.from));
  });
}

void Execution::execute(const BinaryStep& step) {
  share(step.nest, [&](const LoopNest& nest) {
    compute_binary(step.kind, nest, at<float>(step.to), at<const float>(step.a),
                   at<const float>(step.b));
  });
}

void Execution::execute(const ReduceMaxStep& step) {
  const ReduceMaxArgs args{step.reduced, step.inner, step.row, at<const float>(step.from),
                           at<float>(step.to)};
  const std::int64_t parts =
      std::clamp<std::int64_t>(step.outer, 1, kTasksPerThread * threads_.threads());
  threads_.for_each(static_cast<std::size_t>(parts), [&](std::size_t task, int) {
    const auto part = static_cast<std::int64_t>(task);
    reduce_max(args, step.outer * part / parts, step.outer * (part + 1) / parts);
  });
}

void Execution::execute(const PooledRowsStep& step) {
  ConvArgs args = step.args;
  args.weights = step.weights.get();
  args.input = at<const float>(step.from);
  args.zeros = zeros_.as<float>();
  const ThreadScratch scratch = thread_scratch();
  const std::int64_t parts =
      std::clamp<std::int64_t>(step.groups, 1, kTasksPerThread * threads_.threads());
  threads_.for_each(static_cast<std::size_t>(parts), [&](std::size_t task, int worker) {
    const auto part = static_cast<std::int64_t>(task);
    pooled_rows(args, step.rows, step.groups * part / parts, step.groups * (part + 1) / parts,
                at<float>(step.to), scratch.of(worker));
  });
}

void Execution::execute(const ScatterStep& step) {
  const std::int64_t height = step.canvas.shape[2], width = step.canvas.shape[3];
  std::int64_t count = 0;
  if (step.form == op::PillarScatterForm::plugin) {
    count = *at<const std::int32_t>(step.count);
  } else {
    const ScatterParams params = read_scatter_params(at<const float>(step.count));
    count = params.count;
    if (params.height != height || params.width != width) {
      throw Error(ErrorCode::mismatch,
                  fmt::format("params give a BEV image of {} x {}, the session began with {} x {}",
                              params.height, params.width, height, width));
    }
  }
  if (count < 0 || count > step.pillars) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the count of pillars is {}, expected 0 to the {} rows of coords",
                            count, step.pillars));
  }
  const auto coordinate = [&](std::int64_t i) {
    return step.form == op::PillarScatterForm::plugin
               ? static_cast<double>(at<const std::int32_t>(step.coords)[i])
               : static_cast<double>(at<const float>(step.coords)[i]);
  };
  Canvas& canvas = scatter_[step.canvas.ref.buffer];
  canvas.clear();
  for (std::int64_t p = 0; p < count; ++p) {
    const double y = coordinate(p * 4 + 2), x = coordinate(p * 4 + 3);
    if (!(y >= 0 && y < static_cast<double>(height) && x >= 0 && x < static_cast<double>(width))) {
      continue;
    }
    canvas.put(static_cast<std::int64_t>(y), static_cast<std::int64_t>(x),
               at<const float>(step.features) + p * step.canvas.shape[1]);
  }
}

void Execution::execute(const ReferenceStep& step) {
  operands_.clear();
  for (const ReferenceStep::Operand& operand : step.inputs) {
    ConstTensorView& view = operands_.emplace_back(operand.type);
    if (view.present) view.data = at<const void>(operand.ref);
  }
  results_.clear();
  for (const ReferenceStep::Operand& operand : step.outputs) {
    void* data = operand.type.present ? at<void>(operand.ref) : nullptr;
    results_.push_back({operand.type.dtype, operand.type.shape, data});
  }
  compute_reference(step.node, operands_, results_);
}

}  // namespace colonnade::cpu
