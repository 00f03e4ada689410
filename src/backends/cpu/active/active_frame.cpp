#include "backends/cpu/active/active_frame.hpp"

#include <algorithm>
#include <numeric>

#include "backends/cpu/share.hpp"

namespace colonnade::cpu {
namespace {

using Storage = ActiveMap::Storage;

// Cells to copy, or rows of them, that are worth a task of their own.
constexpr std::int64_t kCopies = 256, kCopiedRows = 4;

// Which of the ascending cells lie in [begin, end).
IndexRange between(std::span<const std::int32_t> cells, std::int64_t begin, std::int64_t end) {
  const auto first = std::lower_bound(cells.begin(), cells.end(), begin);
  const auto last = std::lower_bound(first, cells.end(), end);
  return {first - cells.begin(), last - cells.begin()};
}

}  // namespace

ActiveFrame::ActiveFrame(const Plan& plan, const std::vector<Background>& backgrounds)
    : plan_(plan), backgrounds_(backgrounds) {
  const auto sized = [](std::int64_t height, std::int64_t width) {
    CellList list{CellMask(height, width), {}};
    list.cells.reserve(static_cast<std::size_t>(height * width));
    return list;
  };
  for (const ActiveGrid& grid : plan.active.grids) grids_.push_back(sized(grid.height, grid.width));
  for (const ActiveSet& set : plan.active.sets) {
    sets_.push_back(set.is_grid() ? CellList() : sized(set.height, set.width));
  }
  std::size_t words = 0;
  for (std::size_t g = 0; g < grids_.size(); ++g) {
    const ActiveGrid& grid = plan.active.grids[g];
    words = std::max(words, spread_words(set(grid.from).mask, grid.window, grids_[g].mask));
  }
  scratch_.reserve(words);
  for (std::size_t m = 0; m < plan.active.maps.size(); ++m) {
    const ActiveMap& map = plan.active.maps[m];
    const bool whole = map.storage == Storage::whole;
    rows_.push_back(whole ? std::vector<std::int32_t>() : backgrounds[m].rows);
    changed_.emplace_back(map.height, map.width);
  }
  needed_.resize(plan.active.maps.size());
  for (CellList& grid : grids_) lists_.push_back(&grid);
  for (std::size_t s = 1; s < sets_.size(); ++s) lists_.push_back(&sets_[s]);
}

const ActiveFrame::CellList& ActiveFrame::set(std::size_t s) const {
  const ActiveSet& about = plan_.active.sets[s];
  return about.is_grid() ? grids_[about.parts[0].grid] : sets_[s];
}

void ActiveFrame::find_image() {
  CellList& list = sets_[0];
  std::vector<std::int32_t>& rows = rows_[0];
  for (const std::int32_t cell : list.cells) rows[static_cast<std::size_t>(cell)] = ~0;
  list.mask.clear();
  list.cells.clear();
  const std::int64_t width = plan_.active.maps[0].width;
  for (std::size_t p = 0; p < image_.cells.size(); ++p) {
    const std::int64_t cell = image_.cells[p].iy * width + image_.cells[p].ix;
    list.mask.set(image_.cells[p].iy, image_.cells[p].ix);
    list.cells.push_back(static_cast<std::int32_t>(cell));
    rows[static_cast<std::size_t>(cell)] =
        image_.drawn ? static_cast<std::int32_t>(cell) : static_cast<std::int32_t>(p);
  }
  list.known = true;
}

void ActiveFrame::find_set(std::size_t s) {
  CellList& list = sets_[s];
  const ActiveSet& about = plan_.active.sets[s];
  if (list.known || about.is_grid()) return;
  list.mask.clear();
  for (const ActiveSet::Part& part : about.parts) {
    add_placed(grids_[part.grid].mask, part.placement, list.mask);
  }
  list.known = true;
}

// f(cell) for those that the last frame changed; where `lasting`, this frame's own stay as they
// are.
template <typename F>
void ActiveFrame::for_each_left(std::size_t m, bool lasting, F&& f) {
  const CellMask& now = set(plan_.active.maps[m].set).mask;
  CellMask& before = changed_[m];
  for (std::int64_t y = 0; y < now.height(); ++y) {
    for (std::int64_t w = 0; w < now.row_words(); ++w) {
      for_each_bit(before.word(y, w) & ~(lasting ? now.word(y, w) : 0),
                   [&, first = now.cell(y, w)](std::int64_t i) { f(first + i); });
    }
  }
  before = now;
}

void ActiveFrame::find_rows(std::size_t m) {
  std::vector<std::int32_t>& rows = rows_[m];
  const std::vector<std::int32_t>& background = backgrounds_[m].rows;
  for_each_left(m, true, [&](std::int64_t cell) {
    rows[static_cast<std::size_t>(cell)] = background[static_cast<std::size_t>(cell)];
  });
  std::int32_t row = 0;
  for_each_run(set(plan_.active.maps[m].set).mask, [&](std::int64_t cell, std::int64_t count) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(cell);
    std::iota(first, first + count, row);
    row += static_cast<std::int32_t>(count);
  });
}

// Background decides like anything else; where it doesn't pass, what it decides about is never
// read.
void ActiveFrame::skip_below(float least) {
  for (std::size_t m = 0; m < needed_.size(); ++m) {
    const ActiveMap& map = plan_.active.maps[m];
    if (!map.decided_by) continue;
    const Background& deciding = backgrounds_[*map.decided_by];
    const std::int64_t channels = plan_.active.maps[*map.decided_by].channels;
    needed_[m].clear();
    for (const std::int32_t row : deciding.rows) {
      const float* vector = deciding.of(row);
      const bool passes =
          std::any_of(vector, vector + channels, [&](float v) { return v >= least; });
      needed_[m].push_back(passes ? 1 : 0);
    }
  }
  forgotten_ = true;  // Nor was it put back.
}

void ActiveFrame::put_back(std::size_t m, std::int64_t cell) const {
  const std::vector<std::uint8_t>& needed = needed_[m];
  if (!needed.empty() && needed[static_cast<std::size_t>(cell)] == 0) return;
  const ActiveMap& map = plan_.active.maps[m];
  const Background& background = backgrounds_[m];
  std::copy_n(background.of(background.rows[static_cast<std::size_t>(cell)]), map.channels,
              reinterpret_cast<float*>(memory_[map.buffer]) + cell * map.channels);
}

// What the last frame changed and this one won't compute anew.
void ActiveFrame::restore(std::size_t m) {
  for_each_left(m, plan_.active.maps[m].one_writer, [&](std::int64_t cell) { put_back(m, cell); });
}

void ActiveFrame::restore_all(Executor& threads) {
  for (std::size_t m = 1; m < plan_.active.maps.size(); ++m) {
    const ActiveMap& map = plan_.active.maps[m];
    if (map.storage != Storage::whole) continue;
    share_items(map.height * map.width, kCopies, threads,
                [&](std::int64_t cell) { put_back(m, cell); });
    changed_[m].clear();
  }
}

void ActiveFrame::list(CellList& cells) {
  if (cells.known) list_cells(cells.mask, cells.cells);
}

void ActiveFrame::update_map(std::size_t m) {
  const Storage storage = plan_.active.maps[m].storage;
  if (storage == Storage::rows) find_rows(m);
  if (storage == Storage::whole) restore(m);
}

// Masks follow from each other, lists and what hangs on a map's cells from masks.
void ActiveFrame::begin(const ActiveImage& image, std::span<std::byte* const> memory,
                        Executor& threads) {
  image_ = image;
  memory_ = memory;
  const ActivePlan& active = plan_.active;
  for (CellList& list : sets_) list.known = false;
  find_image();
  for (std::size_t g = 0; g < grids_.size(); ++g) {
    const ActiveGrid& grid = active.grids[g];
    find_set(grid.from);
    spread(set(grid.from).mask, grid.window, scratch_, grids_[g].mask);
    grids_[g].known = true;
  }
  for (std::size_t s = 0; s < sets_.size(); ++s) find_set(s);
  if (forgotten_) restore_all(threads);
  // The last maps hold most cells, so threads begin with those.
  const std::size_t last = active.maps.size() - 1;
  threads.for_each(last + lists_.size(), [&](std::size_t task, int) {
    task < last ? update_map(last - task) : list(*lists_[task - last]);
  });
  forgotten_ = false;
}

std::span<const std::int32_t> ActiveFrame::cells(std::size_t step, std::size_t piece) const {
  return grids_[plan_.active.steps[step]->grids[piece]].cells;
}

const CellMask& ActiveFrame::mask(std::size_t step, std::size_t piece) const {
  return grids_[plan_.active.steps[step]->grids[piece]].mask;
}

void ActiveFrame::place(std::size_t s, std::size_t p, ConvArgs& args) const {
  const ActiveStep& step = *plan_.active.steps[s];
  const auto& conv = std::get<ConvStep>(plan_.steps[s]);
  const ConvPiece& piece = conv.pieces[p];
  const Storage input = plan_.active.maps[step.input].storage;
  if (input != Storage::whole) {
    const std::int64_t channel = piece.input.byte / static_cast<std::int64_t>(sizeof(float));
    if (input == Storage::pillars) args.input = image_.features + channel;
    args.input_rows = rows_[step.input].data();
    args.background = backgrounds_[step.input].vectors.as<float>() + channel;
  }
  const ActiveMap& output = plan_.active.maps[step.output];
  if (output.storage == Storage::whole) return;
  const Placement& at = piece.placement;
  args.output = reinterpret_cast<float*>(memory_[output.buffer]) + conv.channel_of(piece);
  args.output_rows = rows_[step.output].data() + at.first_row * output.width + at.first_column;
  args.output_cell = at.column_step;
  args.output_row = at.row_step * output.width;
  args.output_pitch = output.channels;
}

bool ActiveFrame::is_partial(const ActiveStep& step) const {
  const ActiveMap& map = plan_.active.maps[step.output];
  return map.storage == Storage::rows && step.set != map.set;
}

void ActiveFrame::complete_rows(const ActiveStep& step, std::int64_t begin, std::int64_t end,
                                float* to) const {
  const ActiveMap& map = plan_.active.maps[step.output];
  const Background& background = backgrounds_[step.output];
  const CellMask &stored = set(map.set).mask, &computed = set(step.set).mask;
  const std::int64_t count = step.end_channel - step.first_channel;
  to += step.first_channel;
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t w = 0; w < stored.row_words(); ++w) {
      const CellMask::Word done = computed.word(y, w);
      for_each_bit(stored.word(y, w), [&, first = stored.cell(y, w)](std::int64_t i) {
        if ((done >> i & 1) == 0) {
          const auto cell = static_cast<std::size_t>(first + i);
          std::copy_n(background.of(background.rows[cell]) + step.first_channel, count, to);
        }
        to += map.channels;
      });
    }
  }
}

void ActiveFrame::complete(std::size_t s, Executor& threads) const {
  const ActiveStep& step = *plan_.active.steps[s];
  if (!is_partial(step)) return;
  const ActiveMap& map = plan_.active.maps[step.output];
  auto* rows = reinterpret_cast<float*>(memory_[map.buffer]);
  share_items(divide_up(map.height, kCopiedRows), 1, threads, [&](std::int64_t task) {
    const std::int64_t begin = task * kCopiedRows;
    const std::int64_t end = std::min(begin + kCopiedRows, map.height);
    complete_rows(step, begin, end, rows + stored_rows(s, begin, end).begin * map.channels);
  });
}

void ActiveFrame::complete(std::size_t s, std::int64_t begin, std::int64_t end, float* to) const {
  const ActiveStep& step = *plan_.active.steps[s];
  if (is_partial(step)) complete_rows(step, begin, end, to);
}

IndexRange ActiveFrame::stored_rows(std::size_t s, std::int64_t begin, std::int64_t end) const {
  const ActiveMap& map = plan_.active.maps[plan_.active.steps[s]->output];
  return between(set(map.set).cells, begin * map.width, end * map.width);
}

Cells ActiveFrame::cells_within(std::size_t s, std::size_t p, const IndexRange& rows) const {
  const std::span<const std::int32_t> all = cells(s, p);
  const std::int64_t width = mask(s, p).width();
  const IndexRange within = between(all, rows.begin * width, rows.end * width);
  return {all.data(), within.begin, within.end - within.begin};
}

}  // namespace colonnade::cpu
