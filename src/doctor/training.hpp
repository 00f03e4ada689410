// What a model says of the sensor that it was trained on, or what can be told from its values.
#pragma once

#include <optional>

#include "colonnade/model.hpp"

namespace colonnade {

struct ExpectedGround {
  double z = 0;         ///< Of the road below the sensor, in the model's frame.
  bool stated = false;  ///< By trained_on; else it's the lowest anchor's bottom, a guess.
};

/// Nothing where the model has neither trained_on nor anchors.
std::optional<ExpectedGround> expected_ground(const ModelSpec& model);

/// Whether the range lies ahead of the sensor only, as KITTI's.
bool looks_ahead(const ModelSpec& model);

/// Whether any point's feature, or any graph's input, is it.
bool uses_intensity(const ModelSpec& model);
bool uses_dt(const ModelSpec& model);

}  // namespace colonnade
