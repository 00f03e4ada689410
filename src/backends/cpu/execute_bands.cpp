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

void Execution::run_banded(const BandedSteps& banded, bool active) {
  const ThreadScratch scratch = thread_scratch();
  const auto run_band = [&](std::int64_t begin, std::int64_t end, int worker) {
    // What of the map is stored, cell after cell: all of the band, or its active cells.
    IndexRange stored{begin * banded.width, end * banded.width};
    if (active) stored = active_->stored_rows(banded.first, begin, end);
    const std::int64_t skip = stored.begin * banded.channels;
    const std::int64_t own = worker * plan_->band_floats;
    for (std::size_t s = banded.first; s <= banded.last; ++s) {
      const auto& step = std::get<ConvStep>(plan_->steps[s]);
      const std::optional<std::size_t> number = active ? std::optional(s) : std::nullopt;
      for (std::size_t p = 0; p < step.pieces.size(); ++p) {
        ConvArgs args = args_of(step, p, number, 0);
        (s == banded.last ? args.input_skip : args.output_skip) = skip;
        if (s == banded.last) {
          args.input += own;
        } else {
          args.output += own;
        }
        const IndexRange rows = rows_within(step.pieces[p], begin, end);
        Cells cells{nullptr, rows.begin * args.output_width,
                    (rows.end - rows.begin) * args.output_width};
        if (active) cells = active_->cells_within(s, p, rows);
        convolve_chunks(args, cells, scratch.of(worker));
      }
      if (active && s != banded.last) {
        active_->complete(s, stored, bands_.as<float>() + own);
      }
    }
  };
  threads_.for_each(static_cast<std::size_t>(divide_up(banded.height, banded.rows)),
                    [&](std::size_t task, int worker) {
                      const std::int64_t begin = static_cast<std::int64_t>(task) * banded.rows;
                      run_band(begin, std::min(begin + banded.rows, banded.height), worker);
                    });
  if (active) active_->complete(banded.last, threads_);
}

}  // namespace colonnade::cpu
