// Optimization profiles: the sets of input shapes that a graph's engine was built for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/shape.hpp"

namespace colonnade {

/// The shapes that an input may have; all three are equal where it's static.
struct InputProfile {
  std::string name;
  Shape min, opt, max;
};

/// An engine has none (any shapes), one, or several, which are numbered from 0.
struct OptimizationProfile {
  std::vector<InputProfile> inputs;  ///< All of the graph's, in their order.
  /// What a context takes on the largest shapes, weights not included; 0: it isn't known ahead.
  std::uint64_t context_bytes = 0;
};

/// Error(invalid_argument) where one is `asked` for and there's none of that number.
void check_profile(std::span<const OptimizationProfile> profiles, std::optional<std::size_t> asked);

/// Error(mismatch) unless a profile, the one `asked` for or any, takes an input of this shape:
/// "input 'points': dimension 0 is 13000, the engine's profile allows 120 to 12000".
/// Else as check_profile's.
void check_shape(std::span<const OptimizationProfile> profiles, std::size_t input,
                 const Shape& shape, std::optional<std::size_t> asked = {});

/// The number of the profile that takes these shapes, one an input: the one `asked` for, or the
/// tightest, whose largest shapes have the fewest elements; 0 where there are no profiles.
/// Errors as check_shape's; Error(mismatch): each shape alone is taken, but all together aren't.
std::size_t choose_profile(std::span<const OptimizationProfile> profiles,
                           std::span<const Shape> shapes, std::optional<std::size_t> asked = {});

/// ", profile 1 of 2", where there are several: for a line that says what runs.
std::string profile_note(std::span<const OptimizationProfile> profiles,
                         const std::set<std::size_t>& chosen);

}  // namespace colonnade
