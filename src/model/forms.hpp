// The forms in which each exporter writes the pieces of a model.
#pragma once

#include <span>

#include "model/pieces.hpp"

namespace colonnade {

/// In the order in which they're tried.
std::span<const PieceForm* const> forms_of(Exporter exporter);

}  // namespace colonnade
