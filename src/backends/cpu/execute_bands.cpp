// Steps that run together, a band of a map at a time: see BandedSteps.
#include <algorithm>

#include "backends/cpu/execute.hpp"
#include "base/divide_up.hpp"

namespace colonnade::cpu {
namespace {

// The piece's own rows that lie in the map's rows [begin, end).
IndexRange rows_within(const ConvPiece& piece, std::int64_t begin, std::int64_t end) {
  const Placement& at = piece.placement;
  const std::int64_t rows = piece.cells / piece.args.output_width;
  const auto first = [&](std::int64_t y) {
    return std::clamp(divide_up(std::max(y - at.first_row, std::int64_t{0}), at.row_step),
                      std::int64_t{0}, rows);
  };
  return {first(begin), first(end)};
}

void convolve_chunks(const ConvArgs& args, const Cells& cells, std::byte* scratch) {
  for (std::int64_t done = 0; done < cells.count; done += kConvChunk) {
    conv_cells(args, {cells.list, cells.first + done, std::min(kConvChunk, cells.count - done)}, 0,
               args.weights->blocks(), scratch);
  }
}

}  // namespace

// What a band's tasks share.
struct Execution::Band {
  const BandedSteps& steps;
  bool active;
  std::int64_t begin, end;  ///< Rows of the map.
  int worker;
  ThreadScratch scratch;
  IndexRange stored;  ///< What of the map is there, cell after cell: all of the band, or its rows.
};

void Execution::run_banded(const BandedSteps& banded, bool active) {
  const ThreadScratch scratch = thread_scratch();
  for (const BandedSteps::Gate& gate : banded.gates) {
    for (const std::size_t s : gate.gated) computed_[s] = 0;
  }
  threads_.for_each(static_cast<std::size_t>(divide_up(banded.height, banded.rows)),
                    [&](std::size_t task, int worker) {
                      const std::int64_t begin = static_cast<std::int64_t>(task) * banded.rows;
                      const std::int64_t end = std::min(begin + banded.rows, banded.height);
                      IndexRange stored{begin * banded.width, end * banded.width};
                      if (active) stored = active_->stored_rows(banded.first, begin, end);
                      run_band({banded, active, begin, end, worker, scratch, stored});
                    });
  if (!active) return;
  for (std::size_t s = banded.first_reader; s <= banded.last; ++s) active_->complete(s, threads_);
}

void Execution::run_band(const Band& band) {
  const BandedSteps& banded = band.steps;
  for (std::size_t s = banded.first; s <= banded.last; ++s) {
    if (skips() && banded.is_gated(s)) continue;
    const auto& step = std::get<ConvStep>(plan_->steps[s]);
    for (std::size_t p = 0; p < step.pieces.size(); ++p) {
      convolve_chunks(band_args(band, s, p), band_cells(band, s, p), band.scratch.of(band.worker));
    }
    if (band.active && s < banded.first_reader) {
      active_->complete(s, band.begin, band.end, band_data(band));
    }
  }
  if (!skips()) return;
  for (const BandedSteps::Gate& gate : banded.gates) run_gated(band, gate);
}

float* Execution::band_data(const Band& band) {
  return bands_.as<float>() + band.worker * plan_->band_floats;
}

ConvArgs Execution::band_args(const Band& band, std::size_t s, std::size_t piece) {
  const auto& step = std::get<ConvStep>(plan_->steps[s]);
  ConvArgs args = args_of(step, piece, band.active ? std::optional(s) : std::nullopt, 0);
  const std::int64_t skip = band.stored.begin * band.steps.channels;
  const std::int64_t own = band_data(band) - bands_.as<float>();
  if (s >= band.steps.first_reader) {
    args.input += own;
    args.input_skip = skip;
  } else {
    args.output += own;
    args.output_skip = skip;
  }
  return args;
}

Cells Execution::band_cells(const Band& band, std::size_t s, std::size_t p) const {
  const ConvPiece& piece = std::get<ConvStep>(plan_->steps[s]).pieces[p];
  const IndexRange rows = rows_within(piece, band.begin, band.end);
  if (band.active) return active_->cells_within(s, p, rows);
  const std::int64_t width = piece.args.output_width;
  return {nullptr, rows.begin * width, (rows.end - rows.begin) * width};
}

// The deciding step has run for the band.
void Execution::run_gated(const Band& band, const BandedSteps::Gate& gate) {
  const ConvPiece& deciding = std::get<ConvStep>(plan_->steps[gate.deciding]).pieces.front();
  const Cells cells = band_cells(band, gate.deciding, 0);
  const float* values = at<const float>(deciding.output);
  const std::int64_t channels = deciding.outputs();
  std::int32_t* list = passing_.as<std::int32_t>() + band.worker * plan_->band_cells;
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < cells.count; ++i) {
    const std::int64_t cell = cells[i];
    const float* of_cell = values + cell * deciding.args.output_cell;
    int passes = 0;  // Summed, not returned early: vectors do it.
    for (std::int64_t c = 0; c < channels; ++c) passes += of_cell[c] >= least_ ? 1 : 0;
    list[count] = static_cast<std::int32_t>(cell);
    count += passes > 0 ? 1 : 0;
  }
  for (const std::size_t s : gate.gated) {
    convolve_chunks(band_args(band, s, 0), {list, 0, count}, band.scratch.of(band.worker));
    computed_[s] += count;
  }
}

}  // namespace colonnade::cpu
