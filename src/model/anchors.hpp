#pragma once

#include "colonnade/model.hpp"

namespace colonnade {

/// Configs give the height of an anchor's bottom; OpenPCDet moves it to the centre, in float32.
inline AnchorSpec centered(AnchorSpec anchor) {
  anchor.z += anchor.height / 2;
  return anchor;
}

}  // namespace colonnade
