// Models of the families, as their presets give them, with head maps as large as their graphs'.
#pragma once

#include "model/presets/presets.hpp"

namespace colonnade::test {

inline ModelSpec model_of(const Rules& rules) {
  ModelSpec spec = rules.spec;
  for (HeadSpec& head : spec.heads) {
    head.map_width = spec.grid.nx() / rules.map_stride;
    head.map_height = spec.grid.ny() / rules.map_stride;
  }
  return spec;
}

}  // namespace colonnade::test
