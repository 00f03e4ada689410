#include "doctor/training.hpp"

#include <algorithm>

namespace colonnade {
namespace {

bool has_feature(const ModelSpec& model, PointFeature feature) {
  const std::vector<PointFeature>& features = model.pillars.features;
  return std::find(features.begin(), features.end(), feature) != features.end();
}

}  // namespace

std::optional<ExpectedGround> expected_ground(const ModelSpec& model) {
  if (model.trained_on) return ExpectedGround{model.trained_on->ground_z, true};
  std::optional<ExpectedGround> lowest;
  for (const HeadSpec& head : model.heads) {
    for (const AnchorSpec& anchor : head.anchors) {
      const double bottom =
          model.box.z == ZReference::bottom ? anchor.z : anchor.z - anchor.height / 2;
      // Not all classes' anchors stand on the road: KITTI's people hang at -0.6 m in every config.
      if (!lowest || bottom < lowest->z) lowest = ExpectedGround{bottom, false};
    }
  }
  return lowest;
}

bool looks_ahead(const ModelSpec& model) {
  return model.grid.min[0] >= -0.1F * model.grid.max[0];
}

bool uses_intensity(const ModelSpec& model) {
  if (has_feature(model, PointFeature::intensity)) return true;
  for (const GraphSpec& graph : model.graphs) {
    for (const InputBinding& input : graph.inputs) {
      if (input.source == InputSource::intensity) return true;
    }
  }
  return false;
}

bool uses_dt(const ModelSpec& model) {
  return has_feature(model, PointFeature::dt);
}

}  // namespace colonnade
