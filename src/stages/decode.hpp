// HeadMaps -> Candidates: scores, anchors and codes become boxes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "colonnade/box.hpp"
#include "colonnade/model.hpp"
#include "frame/candidates.hpp"
#include "frame/head_maps.hpp"
#include "frame/pillars.hpp"
#include "stages/anchors.hpp"
#include "stages/occupancy.hpp"
#include "stages/scores.hpp"

namespace colonnade {

/// Scans all logits, then decodes only the anchors that passed. One of three forms, by what the
/// graph answers: codes relative to anchors, boxes decoded in the graph, or finished detections.
class Decode {
 public:
  explicit Decode(const ModelSpec& model);

  /// Valid until the next run. `pillars` are those of the same frame (for the occupancy mask). A
  /// NaN score or a box that isn't finite makes no candidate.
  /// Error(mismatch): a map doesn't fit its head.
  const Candidates& run(const HeadMaps& maps, const Pillars& pillars, FrameStats& stats);

 private:
  struct Head {
    AnchorGrid anchors;
    std::vector<std::int64_t> labels;
    std::int64_t first_anchor;  ///< Flat index over all heads.
    std::int32_t first_group;
  };

  void find_in_maps(const HeadMaps& maps);
  void find_in_map(std::size_t head, const MapView& logits);
  void find_in_rows(const ConstTensorView& detections);
  void decode_codes(const HeadMaps& maps);
  void decode_boxes(const ConstTensorView& boxes);
  void decode_rows(const ConstTensorView& detections);
  Candidate decode_anchor(const Anchor& anchor, const float* codes) const noexcept;
  /// From x, y, z, extents, yaw (and velocity) as the graph wrote them.
  Candidate decoded_box(const float* values, bool velocity) const noexcept;
  void add(Candidate candidate, const Hit& hit, std::int64_t label);
  std::int64_t label_of(const Hit& hit) const noexcept;
  std::int32_t group_of(const Head& head, std::int64_t channel) const noexcept;

  BoxCoding coding_;
  AnchorLayout layout_;
  PostSpec post_;
  ScoreRules rules_;
  std::vector<Head> heads_;
  std::int64_t anchors_ = 0;
  std::int64_t classes_;
  std::optional<OccupancyMask> occupancy_;
  std::optional<TopK> top_k_;
  std::vector<Hit> hits_;
  std::vector<MapView> codes_, directions_;  ///< One a head, of this frame.
  Candidates candidates_;
};

}  // namespace colonnade
