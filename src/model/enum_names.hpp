// The enumerators of the specs by the names that files use: their own.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "colonnade/model.hpp"

namespace colonnade {

template <typename E>
struct EnumNames;  // `values`: every enumerator with its name

template <>
struct EnumNames<PointFeature> {
  static constexpr std::array<std::pair<std::string_view, PointFeature>, 11> values{{
      {"x", PointFeature::x},
      {"y", PointFeature::y},
      {"z", PointFeature::z},
      {"intensity", PointFeature::intensity},
      {"dt", PointFeature::dt},
      {"mean_dx", PointFeature::mean_dx},
      {"mean_dy", PointFeature::mean_dy},
      {"mean_dz", PointFeature::mean_dz},
      {"center_dx", PointFeature::center_dx},
      {"center_dy", PointFeature::center_dy},
      {"center_dz", PointFeature::center_dz},
  }};
};

template <>
struct EnumNames<PillarOverflow> {
  static constexpr std::array<std::pair<std::string_view, PillarOverflow>, 2> values{{
      {"skip", PillarOverflow::skip},
      {"stop", PillarOverflow::stop},
  }};
};

template <>
struct EnumNames<InputSource> {
  static constexpr std::array<std::pair<std::string_view, InputSource>, 15> values{{
      {"points", InputSource::points},
      {"x", InputSource::x},
      {"y", InputSource::y},
      {"z", InputSource::z},
      {"intensity", InputSource::intensity},
      {"center_x", InputSource::center_x},
      {"center_y", InputSource::center_y},
      {"mask", InputSource::mask},
      {"num_points", InputSource::num_points},
      {"coords_bzyx", InputSource::coords_bzyx},
      {"coords_bxyz", InputSource::coords_bxyz},
      {"pillar_count", InputSource::pillar_count},
      {"scatterbev_params", InputSource::scatterbev_params},
      {"pillar_features", InputSource::pillar_features},
      {"bev_image", InputSource::bev_image},
  }};
};

template <>
struct EnumNames<OutputMeaning> {
  static constexpr std::array<std::pair<std::string_view, OutputMeaning>, 7> values{{
      {"pillar_features", OutputMeaning::pillar_features},
      {"bev_image", OutputMeaning::bev_image},
      {"class_scores", OutputMeaning::class_scores},
      {"box_codes", OutputMeaning::box_codes},
      {"direction", OutputMeaning::direction},
      {"decoded_boxes", OutputMeaning::decoded_boxes},
      {"detections", OutputMeaning::detections},
  }};
};

template <>
struct EnumNames<AnchorPlacement> {
  static constexpr std::array<std::pair<std::string_view, AnchorPlacement>, 2> values{{
      {"cell_center", AnchorPlacement::cell_center},
      {"span", AnchorPlacement::span},
  }};
};

template <>
struct EnumNames<AnchorOrder> {
  static constexpr std::array<std::pair<std::string_view, AnchorOrder>, 2> values{{
      {"y_x_anchor", AnchorOrder::y_x_anchor},
      {"anchor_y_x", AnchorOrder::anchor_y_x},
  }};
};

template <>
struct EnumNames<MapLayout> {
  static constexpr std::array<std::pair<std::string_view, MapLayout>, 3> values{{
      {"nhwc", MapLayout::nhwc},
      {"nchw", MapLayout::nchw},
      {"flat", MapLayout::flat},
  }};
};

template <>
struct EnumNames<ZReference> {
  static constexpr std::array<std::pair<std::string_view, ZReference>, 2> values{{
      {"bottom", ZReference::bottom},
      {"center", ZReference::center},
  }};
};

template <>
struct EnumNames<YawConvention> {
  static constexpr std::array<std::pair<std::string_view, YawConvention>, 2> values{{
      {"ccw_from_x", YawConvention::ccw_from_x},
      {"kitti_camera", YawConvention::kitti_camera},
  }};
};

template <>
struct EnumNames<SizeOrder> {
  static constexpr std::array<std::pair<std::string_view, SizeOrder>, 2> values{{
      {"lwh", SizeOrder::lwh},
      {"wlh", SizeOrder::wlh},
  }};
};

template <>
struct EnumNames<DirectionKind> {
  static constexpr std::array<std::pair<std::string_view, DirectionKind>, 4> values{{
      {"none", DirectionKind::none},
      {"flip_if_disagree", DirectionKind::flip_if_disagree},
      {"add_pi_if_zero", DirectionKind::add_pi_if_zero},
      {"period", DirectionKind::period},
  }};
};

template <>
struct EnumNames<Comparison> {
  static constexpr std::array<std::pair<std::string_view, Comparison>, 2> values{{
      {"greater", Comparison::greater},
      {"greater_equal", Comparison::greater_equal},
  }};
};

template <>
struct EnumNames<IouKind> {
  static constexpr std::array<std::pair<std::string_view, IouKind>, 3> values{{
      {"rotated", IouKind::rotated},
      {"axis_aligned", IouKind::axis_aligned},
      {"unrotated", IouKind::unrotated},
  }};
};

template <>
struct EnumNames<CandidateKind> {
  static constexpr std::array<std::pair<std::string_view, CandidateKind>, 2> values{{
      {"best_class", CandidateKind::best_class},
      {"each_class", CandidateKind::each_class},
  }};
};

template <>
struct EnumNames<TopKStage> {
  static constexpr std::array<std::pair<std::string_view, TopKStage>, 2> values{{
      {"after_threshold", TopKStage::after_threshold},
      {"before_threshold", TopKStage::before_threshold},
  }};
};

template <>
struct EnumNames<BoxOrder> {
  static constexpr std::array<std::pair<std::string_view, BoxOrder>, 3> values{{
      {"score", BoxOrder::score},
      {"class_then_score", BoxOrder::class_then_score},
      {"score_if_capped", BoxOrder::score_if_capped},
  }};
};

template <typename E>
std::string_view enum_name(E value) {
  for (const auto& entry : EnumNames<E>::values) {
    if (entry.second == value) return entry.first;
  }
  return "?";
}

/// "rotated, axis_aligned, unrotated".
template <typename E>
std::string enum_list() {
  std::string text;
  for (const auto& entry : EnumNames<E>::values) {
    if (!text.empty()) text += ", ";
    text += entry.first;
  }
  return text;
}

}  // namespace colonnade
