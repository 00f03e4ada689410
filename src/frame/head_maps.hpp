// What the network answered, head by head, as the graph's output tensors.
#pragma once

#include <vector>

#include "base/tensor.hpp"

namespace colonnade {

/// Views into the session's outputs; float32. Layout as ModelSpec::anchor_layout says. Empty (null
/// data) where the model has none.
struct HeadMaps {
  struct Head {
    ConstTensorView classes, boxes, directions;
  };
  std::vector<Head> heads;
  ConstTensorView
      decoded;  ///< [1, anchors, 7 or 9], all heads concatenated (OutputMeaning::decoded_boxes).
  ConstTensorView detections;  ///< [K, 7 + classes + 1] (OutputMeaning::detections).
};

}  // namespace colonnade
