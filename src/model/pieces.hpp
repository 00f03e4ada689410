// Which piece of a model a graph is, told by its inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "colonnade/model.hpp"
#include "graph/graph.hpp"
#include "model/rules.hpp"

namespace colonnade {

/// Where a piece begins or ends on the way from points to head maps.
enum class Border : std::uint8_t { points, pillar_features, bev_image, heads };

/// A dimension of a form: a number, or one of these.
enum Dim : std::int64_t {
  kPillars = -1,   ///< P
  kPoints = -2,    ///< N
  kFeatures = -3,  ///< F
  kChannels = -4,  ///< C
  kRows = -5,      ///< H, the grid's ny
  kColumns = -6,   ///< W, the grid's nx
};

struct InputForm {
  InputSource source;
  std::vector<std::int64_t> dims;
  std::vector<std::string_view> names;  ///< What exporters call it; empty: unstable.
};

/// One way in which an exporter writes a piece.
struct PieceForm {
  std::string_view title;  ///< "pillar feature net of second.pytorch"
  Border from;
  Border single_output;  ///< What the piece ends with when it has one output (heads: detections).
  std::vector<InputForm> inputs;
};

/// Values of the dims that a graph's inputs give; nothing: dynamic.
struct PieceDims {
  std::optional<std::int64_t> pillars, points, features, channels, rows, columns;
};

/// A graph that was recognised.
struct Piece {
  const PieceForm* form = nullptr;
  std::vector<InputBinding> inputs;
  PieceDims dims;
};

/// The form that `graph` has among those of the rules' exporter. Error(mismatch) lists what was
/// expected and what was found; `where` is the graph's path. The grid and the features tell a BEV
/// image [1, C, H, W] from pillars [1, P, N, F].
Piece recognise_piece(const Graph& graph, const std::string& where, const Rules& rules);

/// "voxels float32[10000,32,10], voxel_num int32[1]".
std::string describe_values(const Graph& graph, std::span<const ValueId> ids);

}  // namespace colonnade
