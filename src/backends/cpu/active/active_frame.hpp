// One sweep's active cells on every map, and where their vectors lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "backends/cpu/active/background.hpp"
#include "backends/cpu/active/mask.hpp"
#include "backends/cpu/plan.hpp"
#include "frame/pillars.hpp"

#include "colonnade/executor.hpp"

namespace colonnade::cpu {

/// A frame's image by its active cells, distinct and inside.
struct ActiveImage {
  const float* features = nullptr;
  std::span<const PillarCell> cells;
  bool drawn = false;  ///< A cell's features lie at its place in a whole map; else cell after cell.
};

/// A session's: state that lasts is which cells of the whole maps the last frame changed.
class ActiveFrame {
 public:
  /// `plan` and `backgrounds` outlive it. Allocates all that frames will need.
  ActiveFrame(const Plan& plan, const std::vector<Background>& backgrounds);

  /// Finds the image's active cells on all maps, and puts background back onto the whole maps.
  /// `memory`, by buffer of the plan, and what the image names stay until the frame's end.
  void begin(const ActiveImage& image, std::span<std::byte* const> memory, Executor& threads);

  /// As Session's: a gated map's background is put back only where the deciding one's passes. At
  /// first it is everywhere.
  void skip_below(float least);

  /// Whole maps hold something else altogether.
  void forget() { forgotten_ = true; }

  bool covers(std::size_t step) const { return plan_.active.steps[step].has_value(); }
  /// Cells of the piece's grid, ascending.
  std::span<const std::int32_t> cells(std::size_t step, std::size_t piece) const;
  const CellMask& mask(std::size_t step, std::size_t piece) const;
  /// Says where the piece's cells lie; `args` are otherwise ready for the whole maps.
  void place(std::size_t step, std::size_t piece, ConvArgs& args) const;
  /// After the step's pieces: a map of rows also gets background at those of its cells that only
  /// other writers' grids hold.
  void complete(std::size_t step, Executor& threads) const;

  // For a band, rows [begin, end) of a map or of a piece's grid.
  /// Of a map of rows that the step writes: those that hold the band's cells.
  IndexRange stored_rows(std::size_t step, std::int64_t begin, std::int64_t end) const;
  /// The piece's cells in `rows` of its grid.
  Cells cells_within(std::size_t step, std::size_t piece, const IndexRange& rows) const;
  /// As complete, for those rows of the map; `to` is where the first of their cells is stored.
  void complete(std::size_t step, std::int64_t begin, std::int64_t end, float* to) const;

 private:
  /// Of a grid or a set.
  struct CellList {
    CellMask mask;
    std::vector<std::int32_t> cells;  ///< Ascending, but for the image's, which are as given.
    bool known = false;               ///< For this frame.
  };

  const CellList& set(std::size_t s) const;
  bool is_partial(const ActiveStep& step) const;
  void complete_rows(const ActiveStep& step, std::int64_t begin, std::int64_t end, float* to) const;
  void find_image();
  void find_set(std::size_t s);
  template <typename F>
  void for_each_left(std::size_t map, bool lasting, F&& f);
  void find_rows(std::size_t map);
  void put_back(std::size_t map, std::int64_t cell) const;
  void restore(std::size_t map);
  void restore_all(Executor& threads);
  void list(CellList& cells);
  void update_map(std::size_t map);

  const Plan& plan_;
  const std::vector<Background>& backgrounds_;
  std::vector<CellList> grids_, sets_;             ///< A set that is a grid holds nothing.
  std::vector<std::vector<std::int32_t>> rows_;    ///< CellRows by map; none where all are stored.
  std::vector<CellMask> changed_;                  ///< By map: the last frame's cells.
  std::vector<std::vector<std::uint8_t>> needed_;  ///< By gated map, by cell; empty: all are.
  std::vector<CellList*> lists_;  ///< All but the image's, whose cells are as given.
  std::vector<CellMask::Word> scratch_;
  ActiveImage image_;
  std::span<std::byte* const> memory_;
  bool forgotten_ = true;
};

}  // namespace colonnade::cpu
