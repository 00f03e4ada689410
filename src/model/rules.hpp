// A model's rules before its graphs are known: what a preset or a config file gives.
#pragma once

#include <cstdint>

#include "colonnade/model.hpp"

namespace colonnade {

/// Whose graphs are expected; decides which forms of pieces are looked for (pieces.cpp).
enum class Exporter : std::uint8_t { second, openpcdet, hova88, mmdet3d, zhulf };

struct Rules {
  /// Without graphs and head map sizes. max_pillars and max_points hold where the graphs' dims are
  /// dynamic; features hold where a graph takes points.
  ModelSpec spec;
  Exporter exporter = Exporter::openpcdet;
  std::int64_t map_stride = 2;  ///< Grid cells a cell of the heads' maps, each way.
};

}  // namespace colonnade
