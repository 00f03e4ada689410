// Which maps of a plan a sweep changes in part only, and which steps may compute just that part.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "backends/cpu/active/mask.hpp"

namespace colonnade::cpu {

struct Plan;

/// A convolution piece's own grid: its active cells are those whose window meets an active cell.
struct ActiveGrid {
  std::size_t from = 0;  ///< The set of the input's cells.
  ConvWindow window;
  std::int64_t height = 0, width = 0;
  friend bool operator==(const ActiveGrid&, const ActiveGrid&) = default;
};

/// Cells of a map: those of some grids, or (the first set) the image's pillars.
struct ActiveSet {
  struct Part {
    std::size_t grid = 0;  ///< Whose own set comes before this one.
    Placement placement;
    friend bool operator==(const Part&, const Part&) = default;
  };
  std::int64_t height = 0, width = 0;
  std::vector<Part> parts;
  friend bool operator==(const ActiveSet&, const ActiveSet&) = default;

  /// The set's cells are the grid's.
  bool is_grid() const { return parts.size() == 1 && parts[0].placement == Placement{}; }
};

/// A buffer of the plan that is one image's map, channels-last, written by such convolutions only.
struct ActiveMap {
  enum class Storage {
    pillars,  ///< The image itself: the caller's feature vectors.
    rows,     ///< The active cells' vectors, one after the other.
    whole,    ///< All cells: somebody reads them all. Background is put back where it was changed.
  };
  Storage storage = Storage::rows;
  std::size_t buffer = 0;
  std::int64_t height = 0, width = 0;
  std::int64_t channels = 0;              ///< Words from cell to cell.
  std::size_t set = 0;                    ///< Of all writers' cells.
  std::size_t last_writer = 0;            ///< A step.
  bool one_writer = false;                ///< Which computes all channels of each active cell.
  std::optional<std::size_t> decided_by;  ///< The map that its writer's gate looks at.
};

/// A convolution that computes its active cells only.
struct ActiveStep {
  std::size_t input = 0, output = 0;                ///< Maps.
  std::vector<std::size_t> grids;                   ///< By piece.
  std::size_t set = 0;                              ///< The output's cells that it computes.
  std::int64_t first_channel = 0, end_channel = 0;  ///< Of the output, which it writes there.
};

struct ActivePlan {
  std::vector<ActiveMap> maps;  ///< The image first, then in the order of their last writers.
  std::vector<ActiveGrid> grids;
  std::vector<ActiveSet> sets;
  std::vector<std::optional<ActiveStep>> steps;  ///< By step of the plan; none: computes all.
  bool canvas_is_read = false;                   ///< By a step that computes all.

  bool empty() const { return maps.empty(); }
};

/// Finds them by following the image through the steps; none: where the plan has no canvas. Makes
/// buffers of whole maps `kept`, never banded, so it comes before place_buffers.
ActivePlan find_active(Plan& plan);

}  // namespace colonnade::cpu
