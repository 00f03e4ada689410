#include "model/bind.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "colonnade/error.hpp"
#include "model/head_outputs.hpp"
#include "model/pieces.hpp"

namespace colonnade {
namespace {

struct BoundPiece {
  const GraphFile* file = nullptr;
  Piece piece;
  Border to = Border::heads;
};

Border end_of(const Graph& graph, const PieceForm& form) {
  return graph.outputs.size() == 1 ? form.single_output : Border::heads;
}

std::string_view name_of(Border border) {
  switch (border) {
    case Border::points: return "points";
    case Border::pillar_features: return "pillar features";
    case Border::bev_image: return "a BEV image";
    case Border::heads: return "head maps";
  }
  return "?";
}

std::string list(const std::vector<BoundPiece>& pieces) {
  std::string text;
  for (const BoundPiece& bound : pieces) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} ({} to {})", bound.file->path, name_of(bound.piece.form->from),
                        name_of(bound.to));
  }
  return text;
}

/// Whether the data can go from one border to the next; between pillar features and the image
/// Colonnade scatters by itself.
bool connects(Border from, Border to) {
  return from == to || (from == Border::pillar_features && to == Border::bev_image);
}

void check_chain(const std::vector<BoundPiece>& pieces) {
  Border reached = Border::points;
  for (const BoundPiece& bound : pieces) {
    if (!connects(reached, bound.piece.form->from)) {
      throw Error(ErrorCode::mismatch, bound.file->path,
                  fmt::format("it begins with {}, but the pieces before it end with {}; the graphs "
                              "are {}",
                              name_of(bound.piece.form->from), name_of(reached), list(pieces)));
    }
    reached = bound.to;
  }
  if (reached != Border::heads) {
    throw Error(ErrorCode::mismatch,
                fmt::format("the graphs end with {}, a graph that goes on to head maps is missing; "
                            "the graphs are {}",
                            name_of(reached), pieces.empty() ? "none" : list(pieces)));
  }
}

/// Takes a static dim of a graph into the spec; two graphs must not disagree.
void take(std::optional<std::int64_t> dim, std::int64_t& member, bool& taken,
          const std::string& where, std::string_view what) {
  if (!dim) return;
  if (taken && member != *dim) {
    throw Error(ErrorCode::mismatch, where,
                fmt::format("it has {} {}, the pieces before it have {}", *dim, what, member));
  }
  member = *dim;
  taken = true;
}

/// model.yaml knows its graphs by their base names.
void refuse_same_name(const std::vector<GraphSpec>& before, const std::string& file,
                      const std::string& where) {
  for (const GraphSpec& graph : before) {
    if (graph.file != file) continue;
    throw Error(ErrorCode::mismatch, where,
                fmt::format("two graphs are called {}; rename one", file));
  }
}

bool takes_points(const GraphSpec& graph) {
  return std::any_of(graph.inputs.begin(), graph.inputs.end(),
                     [](const InputBinding& input) { return input.source == InputSource::points; });
}

}  // namespace

BoundModel bind_graphs(const Rules& rules, std::span<const GraphFile> files) {
  std::vector<BoundPiece> pieces;
  for (const GraphFile& file : files) {
    BoundPiece bound{&file, recognise_piece(file.graph, file.path, rules), Border::heads};
    bound.to = end_of(file.graph, *bound.piece.form);
    pieces.push_back(std::move(bound));
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const BoundPiece& a, const BoundPiece& b) {
    return a.piece.form->from < b.piece.form->from;
  });
  check_chain(pieces);

  BoundModel model{rules.spec, {}};
  ModelSpec& spec = model.spec;
  for (HeadSpec& head : spec.heads) {
    head.map_width = spec.grid.nx() / rules.map_stride;
    head.map_height = spec.grid.ny() / rules.map_stride;
  }
  bool pillars_taken = false, points_taken = false, reads_points = false;
  for (const BoundPiece& bound : pieces) {
    const std::string& path = bound.file->path;
    const Graph& graph = bound.file->graph;
    const PieceDims& dims = bound.piece.dims;
    take(dims.pillars, spec.pillars.max_pillars, pillars_taken, path, "pillars");
    take(dims.points, spec.pillars.max_points, points_taken, path, "points a pillar");

    GraphSpec piece{std::filesystem::path(path).filename().string(), bound.piece.inputs, {}};
    if (bound.to == Border::heads) {
      piece.outputs = bind_heads(graph, path, rules.exporter, spec);
    } else {
      const OutputMeaning meaning =
          bound.to == Border::bev_image ? OutputMeaning::bev_image : OutputMeaning::pillar_features;
      piece.outputs = {{{{}, 0}, meaning, 0}};
    }
    reads_points = reads_points || takes_points(piece);
    refuse_same_name(spec.graphs, piece.file, path);
    spec.graphs.push_back(std::move(piece));
    model.graphs.push_back(graph);
  }
  if (!reads_points) spec.pillars.features.clear();  // SmallMunich decorates in the graph.
  return model;
}

}  // namespace colonnade
