// The checks, one a file, in the order in which each can rely on those before it.
#pragma once

#include "doctor/counts.hpp"
#include "doctor/examined.hpp"
#include "doctor/finding.hpp"

namespace colonnade {

/// Metres, or which power of ten is off. Turns the sweeps' points into metres.
Finding check_units(Examined& examined);
/// Which way is up and ahead. Needs metres.
Finding check_axes(const Examined& examined, Advice& advice);
/// Height and tilt over the ground against the model's. Needs upright axes (the advice's).
Finding check_ground(const Examined& examined, Advice& advice);
/// Field and scale against what the network was trained with.
Finding check_intensity(const Examined& examined, Advice& advice);
/// Points at exactly (0, 0, 0), and points that aren't finite.
Finding check_returns(const Examined& examined, Advice& advice);
/// Points inside the model's range, as it is and as advised.
Finding check_range(const Examined& examined, const Counts& now, const Counts& advised);
/// Pillars and points a pillar over the model's caps, as advised.
Finding check_caps(const Examined& examined, const Counts& advised);
/// All around or ahead only, against the model's range.
Finding check_view(const Examined& examined, const Advice& advice);
/// One sweep or several, and their times.
Finding check_sweeps(const Examined& examined);
/// Laser rings against the training sensor's.
Finding check_rings(const Examined& examined, const Advice& advice);
/// What the model itself says of its results.
Finding check_model(const Examined& examined);

}  // namespace colonnade
