// What a plan's steps are called, and how much they compute.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/cpu/plan.hpp"

namespace colonnade::cpu {

/// "conv", "winograd", "depthwise", "window", "copy", ..., "reference".
std::string_view kind_of(const Step& step);

/// What a convolution multiplies with, "fp32" or "bf16"; of a reference step its result's: "int64".
std::string_view precision_of(const Step& step);

/// Multiplications and additions of the products that a piece does for one cell (Winograd: for one
/// tile).
double flop_of_cell(const ConvPiece& piece);

/// Of all cells; 0 where a step has no products, or drops some as it goes.
double flop_of(const Step& step);

/// The names of steps that don't stand for nodes of their own.
std::string copy_name(const std::string& of);

/// Makes the names distinct: the second "a" becomes "a (2)".
void tell_apart(std::vector<std::string>& names);

}  // namespace colonnade::cpu
